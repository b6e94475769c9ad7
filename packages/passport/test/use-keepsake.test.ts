import { createSessions, memoryStore, type SessionsOptions, type Store } from '@keepsake/core'
import passport from 'passport'
import { describe, expect, it } from 'vitest'
import { useKeepsake, type UseKeepsakeOptions } from '../src/index.ts'
import { type Account, APPS, type AppOptions, type Data, DELETED, MODES, serve } from './apps.ts'

const secrets = ['a secret that is only for tests, of 48 characters']
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

  it('ends the copies of a cookie that lives by itself, where there is a revocation list', async () => {
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

  it('holds a user to as many sessions as the cap says', async () => {
    const newVisitor = await serve(create({ sessions: inStore({ maxPerSubject: 1 }), ...wired() }))
    const [first, second] = [newVisitor(), newVisitor()]
    await first.login('ada')
    await second.login('ada')
    expect((await first.look()).user).toBeUndefined()
    expect((await second.look()).user).toEqual({ id: 'ada' })
  })

  it('keeps what it is told to, and nothing else', async () => {
    const visitor = (await serve(create({ sessions: inStore(), ...wired({ keep: ['cart'] }) })))()
    await visitor.get('/write?cart=1&planted=1')
    await visitor.login('ada')
    expect(await visitor.look()).toMatchObject({ subject: 'ada' })
    expect((await visitor.look()).data).toEqual({ cart: '1', passport: { user: 'ada' } })
  })

  it('keeps nothing of one user for another who logs in on top, with keepSessionInfo either', async () => {
    const visitor = (await serve(create({ sessions: inStore(), ...wired(), keepSessionInfo: true })))()
    await visitor.login('ada')
    await visitor.get('/write?address=of+ada')
    await visitor.login('bob')
    expect((await visitor.look()).data).toEqual({ passport: { user: 'bob' } })
  })

  it('keeps nothing of a user who has logged in without Passport, either', async () => {
    const visitor = (await serve(create({ sessions: inStore(), ...wired(), keepSessionInfo: true })))()
    await visitor.get('/direct')
    await visitor.get('/write?address=of+ada')
    await visitor.login('bob')
    expect((await visitor.look()).data).toEqual({ passport: { user: 'bob' } })
  })

  it('keeps nothing of a user who had logged in before Keepsake was told, either', async () => {
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

  it('changes nothing where the user cannot be serialized', async () => {
    const visitor = (await serve(create({ sessions: inStore(), ...wired() })))()
    await visitor.get('/write?cart=1')
    expect(await visitor.login('unserializable')).toBe('no such user')
    const { user, data } = await visitor.look()
    expect([user, data]).toEqual([undefined, { cart: '1' }])
  })

  it('fails a login whose subject is no text, and one whose label throws, and logs nobody in', async () => {
    for (const [options, message] of [
      [{ subject: () => 7 as unknown as string }, 'session.login: expected the id of a user as text'],
      [{ label: failing }, 'of the label'],
    ] as const) {
      const visitor = (await serve(create({ sessions: inStore(), ...wired(options) })))()
      expect(await visitor.login('ada')).toBe(message)
      expect((await visitor.look()).user).toBeUndefined()
    }
  })

  it('fails a login and a logout whose session cannot be saved', async () => {
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

  it('leaves it to Passport that a user whom nobody knows any more is nobody', async () => {
    const visitor = (await serve(create({ sessions: inStore(), ...wired() })))()
    await visitor.login(DELETED)
    expect((await visitor.look()).user).toBeUndefined()
  })
})

describe('useKeepsake', () => {
  it.each([
    [{}, 'subject: expected a function, such as (user) => user.id'],
    [undefined, 'subject: expected a function, such as (user) => user.id'],
    [{ subject: 'id' }, 'subject: expected a function, got a text'],
    [{ subject, keep: 'cart' }, "keep: expected a list of keys, such as ['cart']"],
    [{ subject, label: 'phone' }, 'label: expected a function, got a text'],
    [{ subject, user: 1 }, 'user: no such option; known are subject, keep, label'],
  ])('refuses the options %j', (options, message) => {
    expect(() => useKeepsake(new passport.Passport(), options as never)).toThrow(message)
  })

  it.each([undefined, {}, { serializeUser: () => undefined, _sm: {} }])(
    'refuses %j for a Passport',
    (auth) => {
      expect(() => useKeepsake(auth as never, { subject })).toThrow('passport: expected the passport of')
    },
  )

  /** What Passport's login and logout are told, of this request. */
  async function told(method: 'logIn' | 'logOut', request: object): Promise<unknown> {
    const auth = new passport.Passport()
    auth.serializeUser<string>((user, done) => done(null, subject(user as Account)))
    useKeepsake(auth, { subject })
    type Call = (...args: readonly unknown[]) => void
    const manager = (auth as unknown as { _sm: Record<typeof method, Call> })._sm
    const given = method === 'logIn' ? [request, { id: 'ada' }, {}] : [request, {}]
    return new Promise((resolve) => manager[method](...given, resolve))
  }

  it.each(['logIn', 'logOut'] as const)('names session() to %s where a request has none', async (method) => {
    expect(await told(method, { headers: {} })).toMatchObject({
      message: expect.stringContaining('use session() before Passport') as unknown,
    })
  })

  it('takes no option from a polluted Object.prototype', async () => {
    const { session } = await createSessions<Data>({ secrets, store: memoryStore() }).open(undefined)
    session['planted'] = 1
    Reflect.set(Object.prototype, 'keepSessionInfo', true)
    try {
      expect(await told('logIn', { headers: {}, session })).toBeUndefined()
    } finally {
      Reflect.deleteProperty(Object.prototype, 'keepSessionInfo')
    }
    expect(Object.keys(session)).toEqual(['passport'])
  })

  it.each(['logIn', 'logOut'] as const)(
    'has %s wait until it is saved, and tells it of a failure',
    async (method) => {
      const memory = memoryStore()
      const sessions = createSessions<Data>({ secrets, store: memory })
      const { session, close } = await sessions.open(undefined)
      session['a'] = 1
      await session.save()
      expect(await told(method, { headers: {}, session })).toBeUndefined()
      expect(session.isChanged).toBe(false)
      await close()
      const closed = { headers: {}, session }
      expect(await told(method, closed)).toMatchObject({ name: 'SessionClosedError' })
    },
  )
})
