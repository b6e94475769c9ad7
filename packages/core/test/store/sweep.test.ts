import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { memoryStore } from '../../src/store/memory-store.ts'
import type { Store } from '../../src/store/store.ts'
import { startSweep } from '../../src/sessions/sweep.ts'
import { BEGIN } from '../store-support.ts'

const MINUTE = 60_000

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** Starts sweeping a store whose sweep does `work`; returns the times that were passed to the sweep. */
function start(work: () => Promise<number>) {
  const asked: number[] = []
  const sweep = (now: number): Promise<number> => {
    asked.push(now)
    return work()
  }
  return { asked, stop: startSweep({ ...memoryStore(), sweep }, () => BEGIN * 1000) }
}

describe('the sweep', () => {
  it('runs about once a minute, with the given clock', async () => {
    const { asked, stop } = start(async () => 0)
    await vi.advanceTimersByTimeAsync(MINUTE / 2 - 1)
    expect(asked).toEqual([])
    await vi.advanceTimersByTimeAsync(30 * MINUTE)
    expect(asked.length).toBeGreaterThanOrEqual(20)
    expect(asked.length).toBeLessThanOrEqual(60)
    expect(new Set(asked)).toEqual(new Set([BEGIN * 1000]))
    stop()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('does not run at the same moment on every node', async () => {
    const begins = Array.from({ length: 20 }, () => {
      const { promise, resolve } = Promise.withResolvers<number>()
      start(async () => (resolve(Date.now()), 0))
      return promise
    })
    await vi.advanceTimersByTimeAsync(2 * MINUTE)
    expect(new Set(await Promise.all(begins)).size).toBe(20)
  })

  it.each([
    ['is rejected', () => Promise.reject(new Error('down'))],
    [
      'throws',
      () => {
        throw new Error('down')
      },
    ],
  ])('runs again after one that %s', async (_, work) => {
    const { asked, stop } = start(work)
    await vi.advanceTimersByTimeAsync(6 * MINUTE)
    expect(asked.length).toBeGreaterThanOrEqual(4)
    stop()
  })

  it('waits for the previous one', async () => {
    const { promise, resolve } = Promise.withResolvers<number>()
    const { asked, stop } = start(() => promise)
    await vi.advanceTimersByTimeAsync(20 * MINUTE)
    expect(asked).toHaveLength(1)
    resolve(0)
    await vi.advanceTimersByTimeAsync(2 * MINUTE)
    expect(asked.length).toBeGreaterThan(1)
    stop()
  })

  it('stays stopped if it is stopped while it runs', async () => {
    const { promise, resolve } = Promise.withResolvers<number>()
    const { asked, stop } = start(() => promise)
    await vi.advanceTimersByTimeAsync(2 * MINUTE)
    expect(asked).toHaveLength(1)
    stop()
    resolve(0)
    await vi.advanceTimersByTimeAsync(20 * MINUTE)
    expect(asked).toHaveLength(1)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('does nothing for a store without sweep()', () => {
    const store: Store = { ...memoryStore() }
    delete store.sweep
    const stop = startSweep(store, Date.now)
    expect(vi.getTimerCount()).toBe(0)
    stop()
  })
})
