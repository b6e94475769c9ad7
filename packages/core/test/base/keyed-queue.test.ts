import { describe, expect, it } from 'vitest'
import { createKeyedQueue } from '../../src/base/maybe-promise.ts'
import { rejection, times } from '../store-support.ts'

/** Tasks that record when they begin and end, and end when the test releases them. */
function createTasks() {
  const log: string[] = []
  const gates = new Map<string, PromiseWithResolvers<string>>()
  const gateOf = (name: string): PromiseWithResolvers<string> => {
    const gate = gates.get(name) ?? Promise.withResolvers<string>()
    gates.set(name, gate)
    return gate
  }
  const task =
    (name: string) =>
    async (previous: string | undefined): Promise<string> => {
      log.push(`${name} after ${previous}`)
      const result = await gateOf(name).promise
      log.push(`${name} ends`)
      return result
    }
  return { log, task, gateOf }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('a keyed queue', () => {
  it('runs the tasks of one key in order, each with the previous result', async () => {
    const { log, task, gateOf } = createTasks()
    const queue = createKeyedQueue<string>()
    const all = Promise.all(['a', 'b', 'c'].map(async (name) => queue('key', task(name))))
    await settled()
    expect(log).toEqual(['a after undefined'])
    gateOf('a').resolve('A')
    await settled()
    expect(log).toEqual(['a after undefined', 'a ends', 'b after A'])
    gateOf('b').resolve('B')
    gateOf('c').resolve('C')
    expect(await all).toEqual(['A', 'B', 'C'])
    expect(log.slice(3)).toEqual(['b ends', 'c after B', 'c ends'])
  })

  it('makes a task wait for the second one, although the first one is done', async () => {
    const { log, task, gateOf } = createTasks()
    const queue = createKeyedQueue<string>()
    const before = [queue('key', task('a')), queue('key', task('b'))]
    gateOf('a').resolve('A')
    await settled()
    const third = queue('key', task('c'))
    await settled()
    expect(log).toEqual(['a after undefined', 'a ends', 'b after A'])
    gateOf('b').resolve('B')
    gateOf('c').resolve('C')
    expect(await Promise.all([...before, third])).toEqual(['A', 'B', 'C'])
    expect(log.slice(3)).toEqual(['b ends', 'c after B', 'c ends'])
  })

  it('runs different keys in parallel', async () => {
    const { log, task, gateOf } = createTasks()
    const queue = createKeyedQueue<string>()
    const stuck = queue('stuck', task('a'))
    const other = queue('other', task('b'))
    gateOf('b').resolve('B')
    expect(await other).toBe('B')
    expect(log).toEqual(['a after undefined', 'b after undefined', 'b ends'])
    gateOf('a').resolve('A')
    await stuck
  })

  it('continues after a failed task, without a result from it', async () => {
    const { log, task, gateOf } = createTasks()
    const queue = createKeyedQueue<string>()
    const first = queue('key', task('a'))
    const second = queue('key', task('b'))
    gateOf('b').resolve('B')
    gateOf('a').reject(new Error('no'))
    expect(await rejection(first)).toMatchObject({ message: 'no' })
    expect(await second).toBe('B')
    expect(log).toEqual(['a after undefined', 'b after undefined', 'b ends'])
  })

  it('forgets the last result once all tasks of a key are done', async () => {
    const queue = createKeyedQueue<string>()
    await queue('key', async () => 'A')
    expect(await queue('key', async (previous) => `after ${previous}`)).toBe('after undefined')
  })

  it('keeps the order of a thousand tasks', async () => {
    const queue = createKeyedQueue<number>()
    const results = await Promise.all(
      times(1000, async () => queue('key', async (previous = 0) => previous + 1)),
    )
    expect(results).toEqual(times(1000, (index) => index + 1))
  })
})
