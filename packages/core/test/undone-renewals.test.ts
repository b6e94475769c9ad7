import { afterEach, describe, expect, it, vi } from 'vitest'
import type { AnySession } from './row-support.ts'
import { begin, cookieAfter, createGate, createWorld, dataOf, rejection } from './store-support.ts'

afterEach(() => void vi.useRealTimers())

const RENEWALS: readonly [string, (session: AnySession) => unknown][] = [
  ['regenerate', (session) => session.regenerate()],
  ['login of the same subject', (session) => session.login('alice')],
]

describe.each(RENEWALS)('a %s that was written, and answered with a 503', (_, renew) => {
  it('leaves the old cookie valid, with another request’s changes on top of it', async () => {
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

  it('leaves the new cookie valid if a later commit of the same request has found it written', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    const { sessions, store } = createWorld({ storeTimeLimit: 200 })
    const cookie = await begin(sessions, { n: 1 }, 'alice')
    const [visit, other] = [await sessions.open(cookie), await sessions.open(cookie)]
    const gate = createGate()
    store.next('replace', gate.before)
    other.session['cart'] = [1]
    const closed = other.close()
    renew(visit.session)
    const saved = rejection(visit.session.save())
    // It waits for its turn for half of its time limit, and then for the store until the limit has passed.
    vi.advanceTimersByTime(100)
    const silent = createGate()
    store.next('replace', silent.after)
    gate.open()
    await Promise.all([closed, silent.reached])
    vi.advanceTimersByTime(100)
    expect(await saved).toMatchObject({ status: 503 })
    const closing = visit.close()
    // It runs once the queue gives up the call that has not answered.
    await vi.advanceTimersByTimeAsync(100)
    const renewed = cookieAfter(await closing, undefined)
    // A wrong undo would have happened by then.
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
    expect(await dataOf(sessions, renewed)).toEqual({ n: 1, cart: [1] })
  })
})
