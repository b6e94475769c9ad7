import { describe, expect, it } from 'vitest'
import { increment } from './row-support.ts'
import { begin, createWorld, dataOf, rejection, request } from './store-support.ts'

describe('a successful write whose reply was lost and which others have overwritten', () => {
  it.each([4, 5, 9])('is never repeated: %i other writes', async (others) => {
    const world = createWorld()
    const { sessions, store } = world
    const cookie = await begin(sessions, { n: 0 })
    const visit = await sessions.open(cookie)
    increment(visit.session)
    store.next('replace', 'lost')
    store.next('read', 'fails')
    expect(await rejection(visit.session.save())).toMatchObject({ status: 503 })
    for (let left = others; left > 0; left--) await request(world.another(), cookie, increment)
    // If it is no longer possible to know whether it was made, the save is a 503 again.
    await visit.close().catch(() => undefined)
    expect(await dataOf(sessions, cookie)).toEqual({ n: others + 1 })
  })
})
