import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { StoreError, StoreTimeoutError } from '../../src/base/errors.ts'
import { withinLimit } from '../../src/base/time-limit.ts'
import { never, rejection } from '../store-support.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const settled = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0)

describe('a limited task', () => {
  it('brings what it brings, and leaves no timer behind', async () => {
    expect(await withinLimit(50, async () => 'done')).toBe('done')
    await settled()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('throws what it throws, and leaves no timer behind', async () => {
    const error = new Error('no')
    expect(await rejection(withinLimit(50, () => Promise.reject(error)))).toBe(error)
    await settled()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('is given up when the time is over, and is told so', async () => {
    let tell: (() => boolean) | undefined
    const work = rejection(
      withinLimit(50, (isOver) => {
        tell = isOver
        return never()
      }),
    )
    await vi.advanceTimersByTimeAsync(49)
    expect(tell?.()).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    expect(tell?.()).toBe(true)
    const error = await work
    expect(error).toBeInstanceOf(StoreTimeoutError)
    expect(error).toBeInstanceOf(StoreError)
    expect(error).toMatchObject({
      status: 503,
      code: 'KEEPSAKE_STORE_TIMEOUT',
      message: "the session's store did not answer within 50 ms",
    })
  })

  it.each(['answers', 'fails'] as const)('that %s after the limit troubles nobody', async (end) => {
    const { promise, resolve, reject } = Promise.withResolvers<string>()
    const work = rejection(withinLimit(50, () => promise))
    await vi.advanceTimersByTimeAsync(50)
    expect(await work).toBeInstanceOf(StoreTimeoutError)
    if (end === 'answers') resolve('late')
    else reject(new Error('late'))
    await vi.advanceTimersByTimeAsync(1)
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('a task that is done at once', () => {
  it('costs no promise and no timer', () => {
    expect(withinLimit(50, () => 'done')).toBe('done')
    expect(vi.getTimerCount()).toBe(0)
  })
})
