import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { StoreError, StoreTimeoutError } from '../../src/base/errors.ts'
import { createTimeLimit } from '../../src/base/time-limit.ts'
import { never, rejection } from '../store-support.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('a task with a time limit', () => {
  it('resolves with its own result, and its timer ends', async () => {
    expect(await createTimeLimit(50)(async () => 'done')).toBe('done')
    await vi.advanceTimersByTimeAsync(51)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('rejects with its own error, and its timer ends', async () => {
    const error = new Error('no')
    expect(await rejection(createTimeLimit(50)(() => Promise.reject(error)))).toBe(error)
    await vi.advanceTimersByTimeAsync(51)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('shares its timer with the others of the same limit, each of which has its own time', async () => {
    const limit = createTimeLimit(50)
    const outcomes: string[] = []
    const begin = (name: string): void => void rejection(limit(() => never())).then(() => outcomes.push(name))
    begin('first')
    await vi.advanceTimersByTimeAsync(30)
    begin('second')
    expect(vi.getTimerCount()).toBe(1)
    await vi.advanceTimersByTimeAsync(21)
    expect(outcomes).toEqual(['first'])
    await vi.advanceTimersByTimeAsync(30)
    expect(outcomes).toEqual(['first', 'second'])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('is abandoned and notified when the limit has passed', async () => {
    let tell: (() => boolean) | undefined
    const work = rejection(
      createTimeLimit(50)((isOver) => {
        tell = isOver
        return never()
      }),
    )
    await vi.advanceTimersByTimeAsync(49)
    expect(tell?.()).toBe(false)
    await vi.advanceTimersByTimeAsync(2)
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

  it.each(['answers', 'fails'] as const)('that %s after the limit has no effect', async (end) => {
    const { promise, resolve, reject } = Promise.withResolvers<string>()
    const work = rejection(createTimeLimit(50)(() => promise))
    await vi.advanceTimersByTimeAsync(51)
    expect(await work).toBeInstanceOf(StoreTimeoutError)
    if (end === 'answers') resolve('late')
    else reject(new Error('late'))
    await vi.advanceTimersByTimeAsync(1)
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('a synchronous task with a time limit', () => {
  it('creates no promise and no timer', () => {
    expect(createTimeLimit(50)(() => 'done')).toBe('done')
    expect(vi.getTimerCount()).toBe(0)
  })
})
