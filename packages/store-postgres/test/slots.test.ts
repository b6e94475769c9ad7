import { randomBytes } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { StoreBusyError } from '@keepsake/core'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { postgresStore, type PostgresStoreOptions } from '../src/index.ts'

/** A database that replies only when the test calls `end`. */
function open(client: object = {}, options: PostgresStoreOptions = {}) {
  const begun: { readonly key: unknown; readonly answer: () => void; readonly fail: () => void }[] = []
  const store = postgresStore(
    {
      ...client,
      query: (_, [key]) =>
        new Promise((resolve, reject) => {
          const answer = (): void => resolve({ rows: [{ text: key }] })
          begun.push({ key, answer, fail: () => reject(new Error('connection terminated')) })
        }),
    },
    options,
  )
  const done: string[] = []
  const tell = (what: string) => (): void => void done.push(what)
  return {
    begun,
    done,
    read: (key: string) =>
      Promise.resolve(store.read(key)).then(tell(key), (error: unknown) =>
        tell(error instanceof StoreBusyError ? `${key} refused` : `${key} failed`)(),
      ),
    replace: (key: string) =>
      Promise.resolve(store.replace(key, 'old', { text: 'new', expiresAt: 1 })).then(tell(key)),
    /** Replies to a statement, counted in the order in which they began, and lets all waiting work continue. */
    async end(at: number, how: 'answer' | 'fail' = 'answer') {
      begun[at]?.[how]()
      await wait(1)
    },
    keys: () => begun.map(({ key }) => key),
  }
}

/** A clock that the test sets. */
function holdClock() {
  const now = vi.spyOn(performance, 'now').mockReturnValue(0)
  onTestFinished(() => now.mockRestore())
  return { set: (milliseconds: number) => now.mockReturnValue(milliseconds) }
}

const newKeys = (count: number): string[] =>
  Array.from({ length: count }, () => randomBytes(16).toString('hex'))

describe('a client of PostgreSQL', () => {
  it.each([
    ['has a pool of three', { options: { max: 3 } }, 3],
    ['does not state its number of connections', {}, 10],
    ['is a single connection of pg', { host: 'localhost' }, 1],
  ])('that %s gets at most one statement per connection at a time', async (_, client, connections) => {
    const { begun, done, read, end } = open(client)
    const all = Promise.all(newKeys(25).map(read))
    for (let ended = 0; ended < 25; ended++) {
      expect(begun).toHaveLength(Math.min(25, ended + connections))
      await end(ended)
    }
    await all
    expect(done).toHaveLength(25)
  })

  it('gets the next statement after one has failed', async () => {
    const { read, end, keys } = open({ options: { max: 1 } })
    const [a, b, c] = ['a', 'b', 'c']
    const all = Promise.all([read(a), read(b)])
    await end(0, 'fail')
    await end(1)
    await all
    void read(c)
    await wait(1)
    expect(keys()).toEqual([a, b, c])
  })
})

describe('statements that wait for a connection', () => {
  it.each([
    ['in their order', 'while none has waited for a tenth of waitLimit', 10, ['a', 'c', 'e', 'b', 'd', 'f']],
    [
      'from both ends of the queue in turns',
      'once one has waited longer',
      11,
      ['a', 'e', 'c', 'f', 'b', 'd'],
    ],
  ])('run %s %s, but writes that follow a read before others', async (_, __, waited, order) => {
    const clock = holdClock()
    const { read, replace, end, keys } = open({ options: { max: 1 } }, { waitLimit: 100 })
    const all = [read('a'), read('b'), replace('c'), read('d'), replace('e'), read('f')]
    clock.set(waited)
    for (let n = 0; n < all.length; n++) await end(n)
    await Promise.all(all)
    expect(keys()).toEqual(order)
  })

  it.each([
    ['', 0],
    [', also after the database has paused', 50],
  ])('are all served if more clients than connections send one after the other%s', async (_, pause) => {
    const clock = holdClock()
    const { done, read, end } = open({ options: { max: 1 } }, { waitLimit: 100 })
    const client = async (name: string): Promise<void> => {
      while (done.length < 300) await read(name)
    }
    const all = Promise.all(['a', 'b', 'c', 'd'].map(client))
    for (let n = 0; n < 304; n++) {
      clock.set(pause + n)
      await end(n)
    }
    await all
    expect(new Set(done)).toEqual(new Set(['a', 'b', 'c', 'd']))
  })

  it('fail unsent when another statement starts, if they have waited longer than waitLimit', async () => {
    const clock = holdClock()
    const { done, read, end, keys } = open({ options: { max: 1 } }, { waitLimit: 100 })
    const first = read('a')
    const late = Promise.all([read('b'), read('c')])
    clock.set(50)
    const last = read('d')
    clock.set(101)
    const newest = read('e')
    await late
    expect(done).toEqual(['b refused', 'c refused'])
    for (let n = 0; n < 3; n++) await end(n)
    await Promise.all([first, last, newest])
    expect(keys()).toEqual(['a', 'e', 'd'])
  })

  it('fail unsent when a connection is free, if they have waited longer than waitLimit', async () => {
    const clock = holdClock()
    const { done, read, replace, end, keys } = open({ options: { max: 1 } })
    const all = Promise.all([read('a'), read('b')])
    clock.set(999)
    const last = replace('c')
    clock.set(1001)
    for (let n = 0; n < 2; n++) await end(n)
    await Promise.all([all, last])
    expect([...done].sort()).toEqual(['a', 'b refused', 'c'])
    expect(keys()).toEqual(['a', 'c'])
  })
})

it.each([0, -1, 1.5, Number.NaN, '100' as never])('postgresStore rejects a waitLimit of %s', (waitLimit) => {
  expect(() => open({}, { waitLimit })).toThrow(/waitLimit/)
})
