import { describe, expect, it } from 'vitest'
import { sessionOf } from './arrivals-support.ts'
import { logout, look, MODES, moved, seenBy } from './arrivals-once-support.ts'
import { createGate, request, times } from './store-support.ts'

/* One foreign cookie, and what happens elsewhere while it arrives. */

const through = <T>(go: () => Promise<T>): Promise<T> => go()

describe.each(MODES)('a foreign session, with ours %s,', (_, modeOf) => {
  it('does not survive a revocation during its arrival', async () => {
    const { promise: opened, resolve: open } = Promise.withResolvers<void>()
    const { promise: reached, resolve: reach } = Promise.withResolvers<void>()
    const { world, sessions, another, cookie } = moved(modeOf, {
      async open(old) {
        reach()
        await opened
        return sessionOf(old)
      },
    })
    const own = request(sessions, cookie, () => undefined)
    await reached
    // Between the check of the revocation list and the write of its row, or of the list of arrivals.
    const gate = createGate()
    if (sessions.mode === 'store') world.store.next('create', gate.before)
    else world.store.next('read', through, gate.before)
    open()
    await gate.reached
    await another().revokeAll('ada')
    gate.open()
    expect(await own).toBe(cookie)
    if (sessions.mode === 'store') expect(await sessions.listFor('ada')).toEqual([])
    expect(await seenBy(sessions, cookie)).toBeUndefined()
  })

  it('is not started again by a slow request while another one arrives and logs out', async () => {
    const { promise: opened, resolve: open } = Promise.withResolvers<void>()
    let isSlow = true
    const { sessions, another, cookie } = moved(modeOf, {
      async open(old) {
        if (isSlow) {
          isSlow = false
          await opened
        }
        return sessionOf(old)
      },
    })
    const seen = seenBy(sessions, cookie)
    const quick = another()
    await request(quick, await request(quick, cookie, look), logout)
    open()
    expect(await seen).toBeUndefined()
    if (sessions.mode === 'store') expect(await sessions.listFor('ada')).toEqual([])
  })

  it('is not lost if the server dies or the store fails during its arrival', async () => {
    const { world, sessions, cookie } = moved(modeOf)
    for (const done of [0, 1]) {
      world.store.next('create', ...times(done, () => through), 'lost')
      await seenBy(sessions, cookie).catch(() => undefined)
    }
    expect(await seenBy(sessions, cookie)).toBe('ada')
  })
})
