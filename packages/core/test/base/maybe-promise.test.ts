import { describe, expect, it } from 'vitest'
import { andThen } from '../../src/base/maybe-promise.ts'
import { rejectionOf } from '../support.ts'

const fail = (): never => {
  throw new Error('of the step')
}

describe('andThen of a value or a promise', () => {
  it('continues synchronously with a value', () => {
    expect(andThen(1, (value) => value + 1)).toBe(2)
  })

  it('waits for a promise', async () => {
    const result = andThen(Promise.resolve(1), (value) => value + 1)
    expect(result).toBeInstanceOf(Promise)
    expect(await result).toBe(2)
  })

  it('throws or rejects like its callback', async () => {
    expect(() => andThen(1, fail)).toThrow('of the step')
    expect(await rejectionOf(Promise.resolve(andThen(Promise.resolve(1), fail)))).toMatchObject({
      message: 'of the step',
    })
  })
})
