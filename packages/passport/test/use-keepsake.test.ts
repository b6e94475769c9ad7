import { createSessions, memoryStore, type SessionsOptions, type Store } from '@keepsake/core'
import { describe, expect, it } from 'vitest'
import { useKeepsake, type UseKeepsakeOptions } from '../src/index.ts'
import { type Account, APPS, type AppOptions, type Data, DELETED, MODES, serve } from './apps.ts'

const secrets = ['a secret that is only for tests and has 51 characters']
const subject = ({ id }: Account): string => id

type Options = UseKeepsakeOptions<Account>

const userAgent: Options['label'] = ({ headers }) => headers['user-agent']

const failing = (): string => {
  throw new Error('of the label')
}

const wired = (options: Partial<Options> = {}): Pick<AppOptions, 'wire' | 'keepSessionInfo'> => ({
  keepSessionInfo: false,
  wire: (auth) => useKeepsake(auth, { subject, ...options }),
})

const inStore = (options: Partial<SessionsOptions> = {}) =>
  createSessions<Data>({ secrets, store: memoryStore(), ...options })

describe.each(Object.entries(APPS))('useKeepsake in %s', (_, create) => {
  it('lists the devices of a user, and ends them', async () => {
    const sessions = inStore()
    const newVisitor = await serve(create({ sessions, ...wired({ label: userAgent }) }))
    const [phone, desktop] = [newVisitor(), newVisitor()]
    for (const [visitor, name] of [
      [phone, 'phone'],
      [desktop, 'desktop'],
    ] as const)
      await visitor.request('/login?username=ada&password=right', { headers: { 'User-Agent': name } })
    const devices = await sessions.listFor('ada')
    expect(new Set(devices.map((device) => device.label))).toEqual(new Set(['desktop', 'phone']))
    const handle = devices.find((device) => device.label === 'phone')?.handle ?? ''
    expect(await sessions.revoke(handle, { subject: 'ada' })).toBe(true)
    expect((await phone.look()).user).toBeUndefined()
    expect((await desktop.look()).user).toEqual({ id: 'ada' })
    await desktop.get('/logout')
    expect(await sessions.listFor('ada')).toEqual([])
  })

  it('ends the copies of a sealed cookie with a revocation list', async () => {
    const sessions = MODES['in its cookie, with revocation']()
    const ada = (await serve(create({ sessions, ...wired() })))()
    await ada.login('ada')
    const copied = ada.jar.cookieFor('http://127.0.0.1/')
    const withCopy = async () =>
      JSON.parse((await ada.request('/', { headers: { Cookie: copied } })).text) as object
    expect(await withCopy()).toMatchObject({ user: { id: 'ada' } })
    await ada.get('/logout')
    expect(await withCopy()).not.toHaveProperty('user')
  })

  it('limits a user’s sessions to the cap', async () => {
    const newVisitor = await serve(create({ sessions: inStore({ maxPerSubject: 1 }), ...wired() }))
    const [first, second] = [newVisitor(), newVisitor()]
    await first.login('ada')
    await second.login('ada')
    expect((await first.look()).user).toBeUndefined()
    expect((await second.look()).user).toEqual({ id: 'ada' })
  })

  it('keeps only the keys in keep', async () => {
    const visitor = (await serve(create({ sessions: inStore(), ...wired({ keep: ['cart'] }) })))()
    await visitor.get('/write?cart=1&planted=1')
    await visitor.login('ada')
    expect(await visitor.look()).toMatchObject({ subject: 'ada' })
    expect((await visitor.look()).data).toEqual({ cart: '1', passport: { user: 'ada' } })
  })

  it('keeps no data of one user when another logs in without a logout, even with keepSessionInfo', async () => {
    const visitor = (await serve(create({ sessions: inStore(), ...wired(), keepSessionInfo: true })))()
    await visitor.login('ada')
    await visitor.get('/write?address=of+ada')
    await visitor.login('bob')
    expect((await visitor.look()).data).toEqual({ passport: { user: 'bob' } })
  })

  it('keeps no data of a user who logged in without Passport, when another user logs in', async () => {
    const visitor = (await serve(create({ sessions: inStore(), ...wired(), keepSessionInfo: true })))()
    await visitor.get('/direct')
    await visitor.get('/write?address=of+ada')
    await visitor.login('bob')
    expect((await visitor.look()).data).toEqual({ passport: { user: 'bob' } })
  })

  it('keeps no data of a user from before useKeepsake was added, when another user logs in', async () => {
    const sessions = inStore()
    const before = await serve(create({ sessions, ...wired(), keepSessionInfo: true, wire: () => undefined }))
    const after = await serve(create({ sessions, ...wired(), keepSessionInfo: true }))
    const visitor = before()
    await visitor.login('ada')
    await visitor.get('/write?address=of+ada')
    const headers = { Cookie: visitor.jar.cookieFor('http://127.0.0.1/') }
    const bob = after()
    await bob.request('/login?username=bob&password=right', { headers })
    expect((await bob.look()).data).toEqual({ passport: { user: 'bob' } })
  })

  it('changes nothing if the user cannot be serialized', async () => {
    const visitor = (await serve(create({ sessions: inStore(), ...wired() })))()
    await visitor.get('/write?cart=1')
    expect(await visitor.login('unserializable')).toBe('no such user')
    const { user, data } = await visitor.look()
    expect([user, data]).toEqual([undefined, { cart: '1' }])
  })

  it('rejects a login whose subject is not text, and one whose label throws, without logging in', async () => {
    for (const [options, message] of [
      [{ subject: () => 7 as unknown as string }, 'session.login: expected the id of a user as text'],
      [{ label: failing }, 'of the label'],
    ] as const) {
      const visitor = (await serve(create({ sessions: inStore(), ...wired(options) })))()
      expect(await visitor.login('ada')).toBe(message)
      expect((await visitor.look()).user).toBeUndefined()
    }
  })

  it('reports an error for a login and a logout whose session cannot be saved', async () => {
    const memory = memoryStore()
    let fails = false
    const store: Store = {
      ...memory,
      create: (...args) => (fails ? Promise.reject(new Error('down')) : memory.create(...args)),
      replace: (...args) => (fails ? Promise.reject(new Error('down')) : memory.replace(...args)),
    }
    const visitor = (await serve(create({ sessions: inStore({ store }), ...wired() })))()
    const login = '/login?username=ada&password=right'
    fails = true
    expect((await visitor.request(login)).status).toBe(503)
    fails = false
    expect((await visitor.request(login)).status).toBe(200)
    fails = true
    expect((await visitor.request('/logout')).status).toBe(503)
    fails = false
    expect((await visitor.look()).user).toEqual({ id: 'ada' })
  })

  it('leaves a deleted user to Passport, which treats the visitor as anonymous', async () => {
    const visitor = (await serve(create({ sessions: inStore(), ...wired() })))()
    await visitor.login(DELETED)
    expect((await visitor.look()).user).toBeUndefined()
  })
})
