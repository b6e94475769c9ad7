import { describe, expect, it } from 'vitest'
import { SessionDataError } from '../../src/base/errors.ts'
import { decodeObject, encodeObject } from '../../src/record/encode.ts'
import { MAX_COST, VALUE_COST } from '../../src/record/plain.ts'
import { thrownBy } from '../support.ts'

/** More than fit into any record, at two bytes each. */
const MANY = 250_000

/** Counts the reads of a list or an object. */
function counted<T extends object>(value: T) {
  const counter = { reads: 0, value }
  counter.value = new Proxy(value, {
    get(target, key) {
      counter.reads++
      return Reflect.get(target, key) as unknown
    },
  })
  return counter
}

/** A collection that counts the members read from it. */
class CountedSet extends Set<number> {
  reads = 0;
  override *[Symbol.iterator]() {
    for (const item of super[Symbol.iterator]()) {
      this.reads++
      yield item
    }
    return undefined
  }
}

class CountedMap extends Map<number, number> {
  reads = 0;
  override *[Symbol.iterator]() {
    for (const item of super[Symbol.iterator]()) {
      this.reads++
      yield item
    }
    return undefined
  }
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n)
const manyKeys = Object.fromEntries(numbers(MANY).map((n) => [`k${n}`, n]))
const refused = (data: object): unknown => thrownBy(() => encodeObject(data))

describe('data that exceeds the maximum size of a record', () => {
  it('is rejected in a Set or a Map of too many members before one of them is read', () => {
    const set = new CountedSet(numbers(MANY))
    const map = new CountedMap(numbers(MANY).map((n) => [n, n]))
    for (const collection of [set, map]) {
      const before = collection.reads
      const error = refused({ a: { b: collection } })
      expect(error).toBeInstanceOf(SessionDataError)
      expect(String(error)).toContain('a.b exceeds the maximum size of a record')
      expect(collection.reads).toBe(before)
    }
  })

  it('is rejected in a list of too many items before one of them is read', () => {
    const list = counted(numbers(MANY))
    const error = refused({ list: list.value })
    expect(String(error)).toContain('list exceeds the maximum size of a record')
    expect(list.reads).toBeLessThan(100)
  })

  it('is rejected in an object of too many keys before many of them are read', () => {
    const object = counted(manyKeys)
    const error = refused({ object: object.value })
    expect(String(error)).toContain('object exceeds the maximum size of a record')
    expect(object.reads).toBeLessThanOrEqual(MAX_COST / VALUE_COST + 100)
  })

  it('is rejected at the top level too', () => {
    const error = refused(manyKeys)
    expect(String(error)).toContain('all of it exceeds the maximum size of a record')
  })

  it.each([
    ['lists', numbers(1000)],
    ['objects', Object.fromEntries(numbers(1000).map((n) => [n, n]))],
    ['Sets', new Set(numbers(1000))],
    ['tagged items', numbers(1000).map(() => 1n)],
  ])('is rejected in many small %s as soon as the limit is reached', (_, item) => {
    let reads = 0
    const many = numbers(1000).map(() => item)
    const list = new Proxy(many, {
      get(target, key) {
        if (typeof key === 'string' && /^\d+$/.test(key)) reads++
        return Reflect.get(target, key) as unknown
      },
    })
    const error = refused({ list })
    expect(error).toBeInstanceOf(SessionDataError)
    expect(String(error)).toMatch(/list\[\d+\].*exceeds the maximum size of a record/)
    expect(reads).toBeLessThan(200)
  })

  it('is rejected if one long text occurs very often', () => {
    const error = refused({ list: numbers(1000).map(() => 'x'.repeat(1_000_000)) })
    expect(error).toBeInstanceOf(SessionDataError)
    expect(String(error)).toMatch(/list\[\d+\] .*exceeds the maximum size of a record/)
  })

  it('is rejected in long bytes and long numbers before they are written', () => {
    expect(String(refused({ bytes: new Uint8Array(600_000_000) }))).toContain(
      'bytes exceeds the maximum size of a record',
    )
    expect(String(refused({ large: 1n << 20_000_000n }))).toContain(
      'large exceeds the maximum size of a record',
    )
  })

  it('is rejected in long keys', () => {
    const error = refused({ [`a${'x'.repeat(2_000_000)}`]: 1 })
    expect(error).toBeInstanceOf(SessionDataError)
    expect(String(error).length).toBeLessThan(1000)
  })
})

it('data of the maximum size of a record is saved', () => {
  const data = {
    list: numbers(10_000),
    set: new Set(numbers(5000)),
    bytes: new Uint8Array(40_000),
    text: 'x'.repeat(60_000),
  }
  expect(decodeObject(encodeObject(data))?.data).toEqual(data)
})
