import { describe, expect, it } from 'vitest'
import { Queue } from '../../src/base/maybe-promise.ts'
import { rejectionOf } from '../support.ts'

describe('a queue of turns', () => {
  it('runs work synchronously when idle', () => {
    const turns = new Queue()
    const done: number[] = []
    expect(turns.take(() => void done.push(1))).toBeUndefined()
    expect(turns.take(() => void done.push(2))).toBeUndefined()
    expect(done).toEqual([1, 2])
  })

  it('runs work one after the other, in order', async () => {
    const turns = new Queue()
    const done: string[] = []
    const first = Promise.withResolvers<void>()
    const works = [
      turns.take(() => first.promise.then(() => void done.push('first'))),
      turns.take(() => void done.push('second')),
      turns.take(() => Promise.resolve(void done.push('third'))),
    ]
    await new Promise(setImmediate)
    expect(done).toEqual([])
    first.resolve()
    await Promise.all(works.map((work) => Promise.resolve(work)))
    expect(done).toEqual(['first', 'second', 'third'])
    expect(turns.take(() => undefined)).toBeUndefined()
  })

  it('continues after work that threw or rejected', async () => {
    const turns = new Queue()
    expect(() =>
      turns.take(() => {
        throw new Error('at once')
      }),
    ).toThrow('at once')
    const failed = rejectionOf(Promise.resolve(turns.take(() => Promise.reject(new Error('later')))))
    const done: string[] = []
    await turns.take(() => void done.push('after'))
    expect(await failed).toEqual(new Error('later'))
    expect(done).toEqual(['after'])
  })
})
