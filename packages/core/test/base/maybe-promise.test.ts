import { describe, expect, it } from 'vitest'
import { andThen } from '../../src/base/maybe-promise.ts'
import { rejectionOf } from '../support.ts'

const fail = (): never => {
  throw new Error('of the step')
}

describe('a value or a promise of it', () => {
  it('goes on at once where the value is there', () => {
    expect(andThen(1, (value) => value + 1)).toBe(2)
  })

  it('waits where it is a promise', async () => {
    const result = andThen(Promise.resolve(1), (value) => value + 1)
    expect(result).toBeInstanceOf(Promise)
    expect(await result).toBe(2)
  })

  it('throws or rejects as what goes on does', async () => {
    expect(() => andThen(1, fail)).toThrow('of the step')
    expect(await rejectionOf(Promise.resolve(andThen(Promise.resolve(1), fail)))).toMatchObject({
      message: 'of the step',
    })
  })
})
