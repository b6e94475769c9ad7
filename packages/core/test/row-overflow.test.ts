import { describe, expect, it } from 'vitest'
import { IN_ROWS, LONG, valueOf } from './row-support.ts'
import {
  begin,
  closed,
  cookieAfter,
  createOverflowingWorld,
  dataOf,
  leftIn,
  present,
  request,
} from './store-support.ts'

describe('a session in overflow', () => {
  it('that moves into the store while another request writes to its cookie keeps its own data', async () => {
    const [, place] = present(IN_ROWS[2])
    const { sessions } = place()
    const cookie = await begin(sessions, { a: 1 })
    const [grows, writes] = [await sessions.open(cookie), await sessions.open(cookie)]
    grows.session['long'] = LONG
    const stored = present(cookieAfter(await grows.close(), cookie))
    writes.session['b'] = 1
    const small = cookieAfter(await writes.close(), cookie)
    expect(valueOf(stored)).toHaveLength(64)
    expect(await dataOf(sessions, stored)).toEqual({ a: 1, long: LONG })
    expect(await dataOf(sessions, small)).toEqual({ a: 1, b: 1 })
  })

  it('that moves back while another request writes stays in the store, with both changes', async () => {
    const [, place] = present(IN_ROWS[2])
    const { sessions } = place()
    const cookie = await begin(sessions, { a: 1, long: LONG })
    const [shrinks, writes] = [await sessions.open(cookie), await sessions.open(cookie)]
    writes.session['b'] = 1
    await writes.close()
    Reflect.deleteProperty(shrinks.session, 'long')
    expect(cookieAfter(await shrinks.close(), cookie)).toBe(cookie)
    expect(await dataOf(sessions, cookie)).toEqual({ a: 1, b: 1 })
  })

  it('that has moved back rejects another request’s write with a 409, and no item is saved twice', async () => {
    const [, place] = present(IN_ROWS[2])
    const { sessions, world } = place()
    const cookie = await begin(sessions, { a: 1, long: LONG })
    const [shrinks, writes] = [await sessions.open(cookie), await sessions.open(cookie)]
    Reflect.deleteProperty(shrinks.session, 'long')
    const small = cookieAfter(await shrinks.close(), cookie)
    writes.session['b'] = 1
    const { error } = await closed(writes)
    expect(error).toMatchObject({ code: 'KEEPSAKE_SESSION_GONE', status: 409 })
    expect(await dataOf(sessions, small)).toEqual({ a: 1 })
    expect([await dataOf(sessions, cookie), await leftIn(world)]).toEqual([{}, 0])
  })

  it.each(['logout', 'destroy'] as const)(
    'that has moved back ends with a %s of another request, which clears the cookie and begins no row',
    async (end) => {
      const world = createOverflowingWorld({ revocation: 'none' })
      const revocable = world.another({ revocation: world.store })
      for (const sessions of [world.sessions, revocable]) {
        const cookie = await begin(sessions, { a: 1, long: LONG }, 'alice')
        const [shrinks, ends] = [await sessions.open(cookie), await sessions.open(cookie)]
        Reflect.deleteProperty(shrinks.session, 'long')
        const small = cookieAfter(await shrinks.close(), cookie)
        ends.session[end]()
        world.store.forget()
        expect(await closed(ends, small)).toEqual({ cookie: undefined })
        expect(world.store.calls.filter((call) => call === 'create')).toHaveLength(
          sessions === revocable ? 1 : 0,
        )
        const { session } = await sessions.open(small)
        expect(session.subject).toBe(sessions === revocable ? undefined : 'alice')
      }
    },
  )

  it('that logs in while it moves back leaves no old cookie valid', async () => {
    const [, place] = present(IN_ROWS[2])
    const { sessions } = place()
    const cookie = await begin(sessions, { a: 1, long: LONG })
    const hers = present(
      await request(sessions, cookie, (session) => session.login('alice', { keep: ['a'] })),
    )
    expect((await sessions.open(cookie)).session.explain().opened).toBe('superseded')
    const next = present(await request(sessions, hers, (session) => (session['b'] = 1)))
    expect(await dataOf(sessions, next)).toEqual({ a: 1, b: 1 })
    for (const old of [cookie, hers]) expect(await dataOf(sessions, old)).toEqual({})
    expect((await sessions.open(next)).session.subject).toBe('alice')
  })
})

it('explain() shows where the record of a session with overflow is', async () => {
  const { sessions } = createOverflowingWorld({ revocation: 'none' })
  const small = await begin(sessions, { a: 1 })
  expect((await sessions.open(small)).session.explain().mode).toBe('cookie')
  const large = await request(sessions, small, (session) => (session['long'] = LONG))
  expect((await sessions.open(large)).session.explain().mode).toBe('store')
})
