import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ConfigError } from '../../src/base/errors.ts'
import { memoryStore } from '../../src/store/memory-store.ts'
import type { StoredRecord } from '../../src/store/store.ts'
import { BEGIN, thrown, times } from '../store-support.ts'

const NOW = BEGIN * 1000
const MINUTE = 60_000

const record = (text: string, expiresAt = NOW + MINUTE, subject?: string): StoredRecord => ({
  text,
  expiresAt,
  subject,
})

/** A store with a clock that the test advances. */
function createStore(max?: number) {
  const clock = { at: NOW }
  return { clock, store: memoryStore({ max, now: () => clock.at }) }
}

async function subjectsOf(store: ReturnType<typeof memoryStore>, subject: string): Promise<string[]> {
  const found: string[] = []
  for await (const [key, text] of store.bySubject?.(subject) ?? []) found.push(`${key}=${text}`)
  return found
}

/** Whether each of `keys` can be read. */
const alive = async (store: ReturnType<typeof memoryStore>, keys: readonly string[]): Promise<string[]> => {
  const texts = await Promise.all(keys.map(async (key) => store.read(key)))
  return keys.filter((_, index) => texts[index] !== undefined)
}

describe('a memory store', () => {
  it('implements the contract', async () => {
    const { store } = createStore()
    expect(await store.read('k')).toBeUndefined()
    expect(await store.replace('k', 'one', record('two'))).toBe(false)
    expect(await store.create('k', record('one'))).toBe(true)
    expect(await store.create('k', record('other'))).toBe(false)
    expect(await store.replace('k', 'other', record('two'))).toBe(false)
    expect(await store.read('k')).toBe('one')
    expect(await store.replace('k', 'one', record('two'))).toBe(true)
    expect(await store.read('k')).toBe('two')
    await store.delete('k')
    await store.delete('k')
    expect(await store.read('k')).toBeUndefined()
    expect(await store.replace('k', 'two', record('three'))).toBe(false)
    expect(store.size).toBe(0)
  })

  it('evicts the session that expires first, and never a revocation', async () => {
    const { store, clock } = createStore(3)
    const staying = (text: string, expiresAt: number): StoredRecord => ({
      ...record(text, expiresAt),
      mustStay: true,
    })
    await store.create('r', staying('one', NOW + MINUTE))
    await store.create('a', record('two', NOW + 2 * MINUTE))
    await store.create('b', record('three', NOW + 3 * MINUTE))
    await store.create('s', staying('four', NOW + 4 * MINUTE))
    expect(await alive(store, ['r', 'a', 'b', 's'])).toEqual(['r', 'b', 's'])
    await store.create('c', record('five', NOW + 5 * MINUTE))
    expect(await alive(store, ['r', 'b', 's', 'c'])).toEqual(['r', 's', 'c'])
    await store.create('t', staying('six', NOW + 6 * MINUTE))
    expect(thrown(() => store.create('d', record('seven')))).toMatchObject({
      message: 'the memory store is full: 3 revocations, which must not be evicted',
    })
    expect(await alive(store, ['r', 's', 't', 'd'])).toEqual(['r', 's', 't'])
    clock.at = NOW + 2 * MINUTE
    await store.create('d', record('eight', NOW + 9 * MINUTE))
    expect(await alive(store, ['r', 's', 't', 'd'])).toEqual(['s', 't', 'd'])
    expect(await store.sweep?.(NOW + 9 * MINUTE)).toBe(3)
    expect(store.size).toBe(0)
  })

  it('returns no record after its expiry, swept or not', async () => {
    const { store, clock } = createStore()
    await store.create('k', record('one', NOW + 5000, 's'))
    clock.at = NOW + 4999
    expect(await store.read('k')).toBe('one')
    clock.at = NOW + 5000
    expect(await store.read('k')).toBeUndefined()
    expect(await store.replace('k', 'one', record('two'))).toBe(false)
    expect(await subjectsOf(store, 's')).toEqual([])
    expect(await store.create('k', record('new'))).toBe(true)
    expect(await store.read('k')).toBe('new')
    expect(store.size).toBe(1)
  })

  it('stores no record that has already expired', async () => {
    const { store } = createStore()
    await store.create('k', record('one'))
    expect(await store.replace('k', 'one', record('two', 0))).toBe(true)
    expect(await store.create('j', record('one', NOW))).toBe(true)
    expect(await store.read('k')).toBeUndefined()
    expect(store.size).toBe(0)
  })

  it('finds a subject’s records while they are its own', async () => {
    const { store, clock } = createStore()
    await store.create('a', record('1', NOW + MINUTE, 's'))
    await store.create('b', record('2', NOW + 2 * MINUTE, 's'))
    await store.create('c', record('3', NOW + 2 * MINUTE, 't'))
    expect(await subjectsOf(store, 's')).toEqual(['a=1', 'b=2'])
    await store.replace('a', '1', record('4', NOW + MINUTE, 's'))
    expect(await subjectsOf(store, 's')).toEqual(['a=4', 'b=2'])
    await store.replace('b', '2', record('5'))
    expect(await subjectsOf(store, 's')).toEqual(['a=4'])
    clock.at += MINUTE
    expect(await subjectsOf(store, 's')).toEqual([])
    await store.delete('c')
    expect(await subjectsOf(store, 't')).toEqual([])
    expect(await subjectsOf(store, 'nobody')).toEqual([])
  })

  it.each([0, -1, 1.5, Number.NaN, Infinity, '5', null])('rejects %s as max', (max) => {
    const error = thrown(() => memoryStore({ max: max as number }))
    expect(error).toBeInstanceOf(ConfigError)
    expect(error).toMatchObject({ option: 'max' })
  })

  it('rejects an unknown option', () => {
    expect(thrown(() => memoryStore({ ttl: 5 } as object))).toMatchObject({ option: 'ttl' })
  })
})

describe('the memory store’s limit', () => {
  it('evicts the record that expires first (R67)', async () => {
    const { store } = createStore(3)
    await store.create('late', record('x', NOW + 9 * MINUTE))
    await store.create('soon', record('x', NOW + 2 * MINUTE))
    await store.create('middle', record('x', NOW + 5 * MINUTE))
    await store.create('fourth', record('x', NOW + 7 * MINUTE))
    expect(store.size).toBe(3)
    expect(await alive(store, ['late', 'soon', 'middle', 'fourth'])).toEqual(['late', 'middle', 'fourth'])
    await store.create('fifth', record('x', NOW + MINUTE))
    expect(await alive(store, ['late', 'middle', 'fourth', 'fifth'])).toEqual(['late', 'fourth', 'fifth'])
  })

  it('evicts nothing for a replacement', async () => {
    const { store } = createStore(2)
    await store.create('a', record('1'))
    await store.create('b', record('1'))
    await store.replace('a', '1', record('2', NOW + 5 * MINUTE))
    expect(await alive(store, ['a', 'b'])).toEqual(['a', 'b'])
    await store.create('c', record('1', NOW + 2 * MINUTE))
    expect(await alive(store, ['a', 'b', 'c'])).toEqual(['a', 'c'])
  })

  it('is never exceeded, and otherwise the store behaves like a plain map', async () => {
    const key = fc.constantFrom('a', 'b', 'c', 'd')
    const deadline = fc.integer({ min: -1, max: 12 }).map((minutes) => NOW + minutes * MINUTE)
    const step = fc.oneof(
      fc.record({ kind: fc.constantFrom('create', 'replace'), key, deadline }),
      fc.record({ kind: fc.constantFrom('delete', 'sweep', 'wait', 'read'), key, deadline }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { store, clock } = createStore(4)
        const model = new Map<string, StoredRecord>()
        const standing = (key: string): StoredRecord | undefined => {
          const found = model.get(key)
          return found !== undefined && found.expiresAt > clock.at ? found : undefined
        }
        for (const [index, { kind, key, deadline }] of steps.entries()) {
          const next = record(`text ${index}`, deadline)
          const before = standing(key)
          if (kind === 'create') {
            expect(await store.create(key, next)).toBe(before === undefined)
            if (before === undefined) model.set(key, next)
          } else if (kind === 'replace') {
            expect(await store.replace(key, before?.text ?? 'none', next)).toBe(before !== undefined)
            if (before !== undefined) model.set(key, next)
          } else if (kind === 'delete') {
            await store.delete(key)
            model.delete(key)
          } else if (kind === 'wait') clock.at += MINUTE / 2
          else if (kind === 'sweep') await store.sweep?.(clock.at)
          for (const name of ['a', 'b', 'c', 'd']) expect(await store.read(name)).toBe(standing(name)?.text)
          expect(store.size).toBeLessThanOrEqual(4)
        }
        await store.sweep?.(clock.at)
        expect(store.size).toBe(['a', 'b', 'c', 'd'].filter((name) => standing(name)).length)
      }),
    )
  })
})

describe('a sweep of the memory store', () => {
  let turns = 0
  beforeEach(() => {
    turns = 0
    const original = setImmediate
    vi.stubGlobal('setImmediate', (work: () => void) => {
      turns++
      return original(work)
    })
  })
  afterEach(() => {
    vi.unstubAllGlobals()
  })

  it('removes the expired records, and returns their number', async () => {
    const { store } = createStore()
    await store.create('past', record('x', NOW + 1))
    await store.create('now', record('x', NOW + 10_000))
    await store.create('same minute', record('x', NOW + 10_001))
    await store.create('later', record('x', NOW + 3 * MINUTE))
    expect(await store.sweep?.(NOW + 10_000)).toBe(2)
    expect(store.size).toBe(2)
    expect(await store.sweep?.(NOW + 10_000)).toBe(0)
    expect(await store.sweep?.(NOW + 3 * MINUTE)).toBe(2)
    expect(store.size).toBe(0)
    expect(await store.sweep?.(NOW + 3 * MINUTE)).toBe(0)
  })

  it('yields to the event loop after every thousand of 100,000 records', async () => {
    const { store } = createStore()
    for (const index of times(100_000, (index) => index)) {
      await store.create(`key ${index}`, record('x', NOW + 1 + (index % 5) * MINUTE, `s${index % 10}`))
    }
    expect(store.size).toBe(100_000)
    expect(await store.sweep?.(NOW + 2 * MINUTE)).toBe(40_000)
    expect(turns).toBeGreaterThanOrEqual(40)
    expect(store.size).toBe(60_000)
    turns = 0
    expect(await store.sweep?.(NOW + 10 * MINUTE)).toBe(60_000)
    expect(turns).toBeGreaterThanOrEqual(60)
    expect(store.size).toBe(0)
  })

  it('yields too if it finds nothing to remove', async () => {
    const { store } = createStore()
    for (const index of times(5000, (index) => index))
      await store.create(`key ${index}`, record('x', NOW + 50_000))
    expect(await store.sweep?.(NOW + 10_000)).toBe(0)
    expect(turns).toBeGreaterThanOrEqual(20)
  })

  it('allows changes while it runs', async () => {
    const { store } = createStore()
    for (const index of times(3000, (index) => index))
      await store.create(`key ${index}`, record('x', NOW + 1))
    const swept = store.sweep?.(NOW + MINUTE)
    await store.replace('key 2999', 'x', record('y', NOW + 5 * MINUTE))
    await store.delete('key 2998')
    await store.create('new', record('z', NOW + 2 * MINUTE))
    expect(await swept).toBe(2998)
    expect(await alive(store, ['key 2999', 'key 2998', 'new'])).toEqual(['key 2999', 'new'])
    expect(store.size).toBe(2)
  })

  it('does not iterate over the years before an endless session', async () => {
    const endless = (2 ** 40 - 1) * 1000
    const { store } = createStore(3)
    await store.create('endless', record('x', endless))
    await store.create('short', record('x', NOW + MINUTE))
    await store.replace('short', 'x', record('', 0))
    expect(await store.sweep?.(NOW + 5 * MINUTE)).toBe(0)
    await store.create('short', record('x', NOW + MINUTE))
    expect(await store.sweep?.(NOW + 5 * MINUTE)).toBe(1)
    expect(await alive(store, ['endless'])).toEqual(['endless'])
    for (const key of ['a', 'b', 'c', 'd']) await store.create(key, record('x', endless))
    expect(store.size).toBe(3)
  })
})
