import { describe, expect, it } from 'vitest'
import type { SessionsOptions } from '../../src/sessions/options.ts'
import { SessionUnopenedError, StoreError } from '../../src/base/errors.ts'
import { type AnySessions, NAME } from '../row-support.ts'
import {
  begin,
  cookieAfter,
  cookieLine,
  createWorld,
  eventsOf,
  rejection,
  request,
  secretNamed,
  type World,
} from '../store-support.ts'

/* A logout of a session whose cookie was sent but not opened: it ends that session, or is an error (R37). */

type Mode = (world: World<Record<string, unknown>>) => Partial<SessionsOptions>

const inStore: Mode = () => ({})
const sealed: Mode = () => ({ store: undefined, revocation: 'none' })
const revocable: Mode = ({ store }) => ({ store: undefined, revocation: store, revocationCache: 0 })

/** A header with a valid session of alice, and a server that does not open it. */
interface Unopened {
  readonly header: string
  readonly server: AnySessions
  /** Opens it. */
  readonly good: AnySessions
}

type World_ = World<Record<string, unknown>>

const SITUATIONS: Readonly<
  Record<string, (world: World_, options: Partial<SessionsOptions>) => Promise<Unopened>>
> = {
  async unknown_key(world, options) {
    const good = world.another({ ...options, secrets: [secretNamed('of another server')] })
    return { header: await begin(good, { n: 1 }, 'alice'), server: world.another(options), good }
  },
  async header_too_large(world, options) {
    const good = world.another(options)
    return { header: `${await begin(good, { n: 1 }, 'alice')}; a=${'x'.repeat(16_384)}`, server: good, good }
  },
  async ambiguous_cookie(world, options) {
    const good = world.another(options)
    return {
      header: `${await begin(good, { n: 1 }, 'alice')}; ${await begin(good, { n: 2 })}`,
      server: good,
      good,
    }
  },
  async issued_in_future(world, options) {
    const good = world.another({ ...options, now: () => (world.at + 300) * 1000 })
    return { header: await begin(good, { n: 1 }, 'alice'), server: world.another(options), good }
  },
}

async function aliveAt(sessions: AnySessions, header: string): Promise<boolean> {
  const cookie = header.split('; ')[0]
  return (await sessions.open(cookie)).session.subject === 'alice'
}

describe.each(Object.entries(SITUATIONS))(
  'a logout of a session that was not opened because of %s',
  (reason, situation) => {
    it.each<[string, Mode]>([
      ['in a store', inStore],
      ['in the cookie with revocation', revocable],
    ])('is a 409 and ends nothing: %s', async (_, mode) => {
      const world = createWorld()
      const { header, server, good } = await situation(world, mode(world))
      const visit = await server.open(header)
      expect(visit.session.explain().opened).toBe(reason)
      visit.session.logout()
      expect(visit.session.explain().closes).toBe('unopened')
      let error: unknown
      const events = await eventsOf(async () => (error = await rejection(visit.close())))
      expect(error).toBeInstanceOf(SessionUnopenedError)
      expect(error).toMatchObject({ code: 'KEEPSAKE_SESSION_UNOPENED', status: 409, reason })
      expect(events).toEqual(['session_refused unopened'])
      expect(await aliveAt(good, header)).toBe(true)
    })

    it('is a 409 too if new data is written afterwards', async () => {
      const world = createWorld()
      const { header, server } = await situation(world, {})
      const visit = await server.open(header)
      visit.session.logout()
      visit.session['new'] = 1
      expect(await rejection(visit.session.save())).toBeInstanceOf(SessionUnopenedError)
    })

    it('deletes the only copy of a sealed session, unless there are two of one definition', async () => {
      const world = createWorld()
      const { header, server } = await situation(world, sealed(world))
      const visit = await server.open(header)
      visit.session.logout()
      if (reason === 'ambiguous_cookie')
        expect(await rejection(visit.close())).toBeInstanceOf(SessionUnopenedError)
      else expect(cookieLine(await visit.close())).toContain('Max-Age=0')
    })

    it('does not affect a request without a logout', async () => {
      const world = createWorld()
      const { header, server, good } = await situation(world, {})
      const visit = await server.open(header)
      visit.session.destroy()
      const isDeleted = reason === 'ambiguous_cookie'
      expect(cookieAfter(await visit.close(), header)).toBe(isDeleted ? undefined : header)
      expect(await aliveAt(good, header)).toBe(true)
    })
  },
)

describe("a logout after a store failure, with whenStoreFails: 'anonymous'", () => {
  it.each([
    ['of its own session', undefined],
    ['everywhere', { everywhere: true }],
  ])('throws, and ends nothing: %s', async (_, options) => {
    const { sessions, store, another } = createWorld()
    const cookie = await begin(sessions, { n: 1 }, 'alice')
    const lenient = another({ whenStoreFails: 'anonymous' })
    store.next('read', 'fails')
    const visit = await lenient.open(cookie)
    expect(visit.session.explain().opened).toBe('store_failed')
    visit.session.logout(options)
    expect(await rejection(visit.close())).toBeInstanceOf(StoreError)
    expect((await sessions.open(cookie)).session.subject).toBe('alice')
  })
})

describe('a logout of an ended session', () => {
  it.each<[string, (world: World_) => Promise<string>]>([
    [
      'ended',
      async ({ sessions }) => {
        const cookie = await begin(sessions, { n: 1 }, 'alice')
        await request(sessions, cookie, (session) => session.logout())
        return cookie
      },
    ],
    ['malformed', async () => `${NAME}=junk`],
    [
      'expired',
      async (world) => {
        const cookie = await begin(world.sessions, { n: 1 }, 'alice')
        world.at += 86_400
        return cookie
      },
    ],
    ['absent', async () => ''],
  ])('succeeds: %s', async (_, cookieIn) => {
    const world = createWorld()
    const visit = await world.sessions.open(await cookieIn(world))
    visit.session.logout()
    expect(await rejection(visit.close())).toBeUndefined()
  })
})
