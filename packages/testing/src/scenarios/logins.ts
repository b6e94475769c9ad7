import { memoryStore, type Sessions, type SessionsOptions } from '@keepsake/core'
import { expect, it } from 'vitest'
import type { Data } from '../host.ts'
import { CLEAR, NO_STORE, VARY } from '../lines.ts'
import { comparable, type Routes, type Stage } from '../stage.ts'

const ORIGIN = 'https://127.0.0.1/'

/** Modes in which sessions can be ended completely. */
const KEPT: Readonly<Record<string, (now: () => number) => Partial<SessionsOptions>>> = {
  'in a store': (now) => ({ store: memoryStore({ now }), now }),
  'sealed and revocable': (now) => ({ revocation: memoryStore({ now }), now }),
}

const LIMITS = { idle: 600, absolute: 1000 }

/** Shared by the tests of one mode: sessions, their clock, and a request that waits to be released. */
interface Ground {
  readonly sessions: Sessions<Data>
  readonly shortened: Sessions<Data>
  readonly clock: { at: number }
  readonly slow: { readonly reached: Promise<void>; readonly go: () => void }
  readonly routes: Routes
}

function createGround(stage: Stage, optionsFor: (now: () => number) => Partial<SessionsOptions>): Ground {
  const clock = { at: 1_800_000_000 }
  const options = optionsFor(() => clock.at * 1000)
  const sessions = stage.createSessions({ ...options, lifetime: LIMITS })
  const { promise: reached, resolve: reach } = Promise.withResolvers<void>()
  const { promise: released, resolve: go } = Promise.withResolvers<void>()
  const routes: Routes = {
    '/cart': ({ session, send }) => {
      session['cart'] = ['book']
      return send('put')
    },
    '/login': ({ session, send }) => {
      session.login('alice', { keep: ['cart'] })
      return send('in')
    },
    '/logout': ({ session, send }) => {
      session.logout({ clearSiteData: ['storage'] })
      return send('out')
    },
    '/logout-everywhere': ({ session, send }) => {
      session.logout({ everywhere: true })
      return send('out')
    },
    '/others': async ({ session, send }) => {
      await sessions.revokeAll('alice', { except: session })
      session.regenerate()
      return send('out')
    },
    '/slow': async ({ session, send }) => {
      session['late'] = 1
      reach()
      await released
      return send('late')
    },
    '/who': ({ session, send }) => send(`${session.subject} ${JSON.stringify(session)}`),
  }
  const shortened = stage.createSessions({ ...options, lifetime: { ...LIMITS, idle: 50 } })
  return { sessions, shortened, clock, slow: { reached, go }, routes }
}

const NOBODY = 'undefined {}'

export function loginScenarios(stage: Stage): void {
  const { serve, fields } = stage
  const each = it.each(Object.entries(KEPT))

  each('does not log in an attacker who planted a cookie before it: %s', async (_, optionsFor) => {
    const { sessions, routes } = createGround(stage, optionsFor)
    const { client, visitor } = await serve(routes, sessions)
    await client.request('/cart')
    const planted = client.jar.cookieFor(ORIGIN)
    await client.request('/login')
    expect((await client.request('/who')).text).toBe('alice {"cart":["book"]}')
    const attacker = await visitor().request('/who', { headers: { Cookie: planted } })
    expect(attacker.text).toBe(NOBODY)
  })

  each('ends with a logout, also for a copy of its cookie: %s', async (_, optionsFor) => {
    const { sessions, routes } = createGround(stage, optionsFor)
    const { client, visitor } = await serve(routes, sessions)
    await client.request('/login')
    const copied = client.jar.cookieFor(ORIGIN)
    const answer = await client.request('/logout')
    const storage = ['Clear-Site-Data', '"storage"'] as const
    expect(comparable(answer)).toEqual(fields(CLEAR, VARY, NO_STORE, storage))
    expect(client.jar.cookieFor(ORIGIN)).toBe('')
    expect((await visitor().request('/who', { headers: { Cookie: copied } })).text).toBe(NOBODY)
  })

  each('does not return by a slow request after its logout: %s', async (_, optionsFor) => {
    const { sessions, routes, slow } = createGround(stage, optionsFor)
    const { client, visitor } = await serve(routes, sessions)
    await client.request('/login')
    const copied = client.jar.cookieFor(ORIGIN)
    const tab = visitor({ jar: client.jar })
    const late = tab.request('/slow')
    await slow.reached
    await client.request('/logout')
    slow.go()
    await late
    for (const cookie of [copied, client.jar.cookieFor(ORIGIN)])
      expect((await visitor().request('/who', { headers: { Cookie: cookie } })).text).toBe(NOBODY)
  })

  each('ends at its idle and absolute limits, even if its cookie is replayed: %s', async (_, optionsFor) => {
    const { sessions, shortened, routes, clock } = createGround(stage, optionsFor)
    const { client } = await serve(routes, sessions)
    const shorter = await serve(routes, shortened)
    await client.request('/login')
    const idle = { headers: { Cookie: client.jar.cookieFor(ORIGIN) } }
    // Not long enough to cause a renewal.
    clock.at += 59
    expect((await client.request('/who', idle)).text).toBe('alice {}')
    expect((await shorter.client.request('/who', idle)).text).toBe(NOBODY)
    clock.at += 541
    expect((await client.request('/who', idle)).text).toBe(NOBODY)
    await client.request('/login')
    for (const seconds of [500, 499]) {
      clock.at += seconds
      await client.request('/cart')
      expect((await client.request('/who')).text).toBe('alice {"cart":["book"]}')
    }
    clock.at += 1
    const absolute = { headers: { Cookie: client.jar.cookieFor(ORIGIN) } }
    expect((await client.request('/who', absolute)).text).toBe(NOBODY)
  })

  each('can be ended on all devices, or on all other devices: %s', async (_, optionsFor) => {
    const { sessions, routes } = createGround(stage, optionsFor)
    const { client, visitor } = await serve(routes, sessions)
    const [phone, tablet] = [visitor(), visitor()]
    for (const device of [client, phone, tablet]) await device.request('/login')
    await client.request('/others')
    const who = async (): Promise<string[]> =>
      Promise.all([client, phone, tablet].map(async (device) => (await device.request('/who')).text))
    expect(await who()).toEqual(['alice {}', NOBODY, NOBODY])
    await phone.request('/login')
    expect(await who()).toEqual(['alice {}', 'alice {}', NOBODY])
    await phone.request('/logout-everywhere')
    expect(await who()).toEqual([NOBODY, NOBODY, NOBODY])
  })
}
