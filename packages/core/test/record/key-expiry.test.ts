import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  decodeExpiries,
  expiredKeys,
  type KeyExpiries,
  mergeExpiries,
  onlyExpiries,
  withExpiry,
} from '../../src/record/metadata.ts'
import { MAX_TIME } from '../../src/base/time.ts'

const expiries = (entries: Readonly<Record<string, number>>): KeyExpiries => new Map(Object.entries(entries))
const anyEnds: fc.Arbitrary<KeyExpiries> = fc
  .dictionary(fc.constantFrom('a', 'b', 'c', '1', '__proto__'), fc.integer({ min: 0, max: 4 }), {
    noNullPrototype: true,
  })
  .map(expiries)
const entriesOf = (of: KeyExpiries): unknown => [...of].toSorted(([a], [b]) => (a < b ? -1 : 1))

describe('the expiry of a key', () => {
  it.each([
    [-1, []],
    [0, ['otp']],
    [1, ['otp']],
  ])('has come %i seconds after it: %j', (seconds, ended) => {
    expect(expiredKeys(expiries({ otp: 100, later: 200 }), 100 + seconds)).toEqual(ended)
  })

  it('can be set, changed and removed', () => {
    const first = withExpiry(expiries({}), 'otp', 100)
    const second = withExpiry(first, 'otp', 50)
    expect([...first, ...second, ...withExpiry(second, 'otp', Infinity)]).toEqual([
      ['otp', 100],
      ['otp', 50],
    ])
  })

  it('is limited to the maximum time', () => {
    expect(withExpiry(expiries({}), 'otp', 2 ** 50)).toEqual(expiries({ otp: MAX_TIME }))
  })

  it('is removed with its key', () => {
    expect(onlyExpiries(expiries({ a: 1, b: 2 }), (key) => key === 'a')).toEqual(expiries({ a: 1 }))
  })
})

describe('expiries that two requests have set', () => {
  it.each([
    ['neither', { a: 1 }, { a: 1 }, { a: 1 }, { a: 1 }],
    ['mine set', {}, { a: 1 }, {}, { a: 1 }],
    ['theirs set', {}, {}, { a: 1 }, { a: 1 }],
    ['both set one, to different times', {}, { a: 2 }, { a: 1 }, { a: 1 }],
    ['both moved it', { a: 5 }, { a: 9 }, { a: 8 }, { a: 8 }],
    ['mine moved, theirs took away', { a: 5 }, { a: 9 }, {}, { a: 9 }],
    ['mine took away, theirs moved', { a: 5 }, {}, { a: 9 }, { a: 9 }],
    ['mine took away', { a: 5 }, {}, { a: 5 }, {}],
    ['both took away', { a: 5 }, {}, {}, {}],
  ])('%s', (_, base, mine, theirs, merged) => {
    expect(mergeExpiries(expiries(base), expiries(mine), expiries(theirs))).toEqual(expiries(merged))
  })

  it('are the same whoever commits first, and a change of one side is kept', () => {
    fc.assert(
      fc.property(anyEnds, anyEnds, anyEnds, (base, mine, theirs) => {
        expect(entriesOf(mergeExpiries(base, mine, theirs))).toEqual(
          entriesOf(mergeExpiries(base, theirs, mine)),
        )
        expect(entriesOf(mergeExpiries(base, mine, base))).toEqual(entriesOf(mine))
        expect(entriesOf(mergeExpiries(base, base, theirs))).toEqual(entriesOf(theirs))
      }),
    )
  })

  it('are never later than the later of both', () => {
    fc.assert(
      fc.property(anyEnds, anyEnds, anyEnds, (base, mine, theirs) => {
        for (const [key, end] of mergeExpiries(base, mine, theirs)) {
          expect([mine.get(key), theirs.get(key)]).toContain(end)
        }
      }),
    )
  })
})

describe('expiries as JSON', () => {
  it('are read back', () => {
    fc.assert(
      fc.property(anyEnds, (of) => {
        const json = JSON.parse(JSON.stringify(Object.fromEntries(of))) as unknown
        expect(entriesOf(decodeExpiries(json) ?? new Map())).toEqual(entriesOf(of))
      }),
    )
  })

  it.each([[null], [1], [[]], [{ a: '1' }], [{ a: -1 }], [{ a: 1.5 }], [{ a: null }], [{ a: 2 ** 41 }]])(
    'are not %j (R35)',
    (json) => {
      expect(decodeExpiries(json)).toBeUndefined()
    },
  )
})
