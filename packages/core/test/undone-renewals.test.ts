import { describe, expect, it } from 'vitest'
import type { AnySession } from './row-support.ts'
import { begin, createGate, createWorld, dataOf, rejection } from './store-support.ts'

const RENEWALS: readonly [string, (session: AnySession) => unknown][] = [
  ['regenerate', (session) => session.regenerate()],
  ['login of the same subject', (session) => session.login('alice')],
]

describe.each(RENEWALS)('a %s that was written, and answered with a 503', (_, renew) => {
  it('leaves the old cookie its session, with what another request has written on top of it', async () => {
    const world = createWorld()
    const { sessions, store } = world
    const cookie = await begin(sessions, { n: 1 }, 'alice')
    const [renewing, other] = [await sessions.open(cookie), await world.another().open(cookie)]
    renew(renewing.session)
    const gate = createGate()
    store.next('replace', 'lost')
    store.next('read', 'fails', gate.before)
    expect(await rejection(renewing.close())).toMatchObject({ status: 503 })
    await gate.reached
    other.session['cart'] = [1]
    await other.close()
    gate.open()
    await expect.poll(() => dataOf(sessions, cookie)).toEqual({ n: 1, cart: [1] })
  })
})
