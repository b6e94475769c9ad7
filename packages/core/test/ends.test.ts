import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeEnds, endedAt, type Ends, mergeEnds, onlyEnds, withEnd } from '../src/ends.ts'
import { MAX_TIME } from '../src/token.ts'

const ends = (entries: Readonly<Record<string, number>>): Ends => new Map(Object.entries(entries))
const anyEnds: fc.Arbitrary<Ends> = fc
  .dictionary(fc.constantFrom('a', 'b', 'c', '1', '__proto__'), fc.integer({ min: 0, max: 4 }), {
    noNullPrototype: true,
  })
  .map(ends)
const entriesOf = (of: Ends): unknown => [...of].toSorted(([a], [b]) => (a < b ? -1 : 1))

describe('the end of a key', () => {
  it.each([
    [-1, []],
    [0, ['otp']],
    [1, ['otp']],
  ])('has come %i seconds after it: %j', (seconds, ended) => {
    expect(endedAt(ends({ otp: 100, later: 200 }), 100 + seconds)).toEqual(ended)
  })

  it('is set, set anew and taken away', () => {
    const first = withEnd(ends({}), 'otp', 100)
    const second = withEnd(first, 'otp', 50)
    expect([...first, ...second, ...withEnd(second, 'otp', Infinity)]).toEqual([
      ['otp', 100],
      ['otp', 50],
    ])
  })

  it('is no later than times can be written', () => {
    expect(withEnd(ends({}), 'otp', 2 ** 50)).toEqual(ends({ otp: MAX_TIME }))
  })

  it('goes with its key', () => {
    expect(onlyEnds(ends({ a: 1, b: 2 }), (key) => key === 'a')).toEqual(ends({ a: 1 }))
  })
})

describe('ends that two requests have set', () => {
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
    expect(mergeEnds(ends(base), ends(mine), ends(theirs))).toEqual(ends(merged))
  })

  it('come to the same whoever commits first, and a change of one side stands', () => {
    fc.assert(
      fc.property(anyEnds, anyEnds, anyEnds, (base, mine, theirs) => {
        expect(entriesOf(mergeEnds(base, mine, theirs))).toEqual(entriesOf(mergeEnds(base, theirs, mine)))
        expect(entriesOf(mergeEnds(base, mine, base))).toEqual(entriesOf(mine))
        expect(entriesOf(mergeEnds(base, base, theirs))).toEqual(entriesOf(theirs))
      }),
    )
  })

  it('are never later than the later of both', () => {
    fc.assert(
      fc.property(anyEnds, anyEnds, anyEnds, (base, mine, theirs) => {
        for (const [key, end] of mergeEnds(base, mine, theirs)) {
          expect([mine.get(key), theirs.get(key)]).toContain(end)
        }
      }),
    )
  })
})

describe('ends as JSON', () => {
  it('are read back', () => {
    fc.assert(
      fc.property(anyEnds, (of) => {
        const json = JSON.parse(JSON.stringify(Object.fromEntries(of))) as unknown
        expect(entriesOf(decodeEnds(json) ?? new Map())).toEqual(entriesOf(of))
      }),
    )
  })

  it.each([[null], [1], [[]], [{ a: '1' }], [{ a: -1 }], [{ a: 1.5 }], [{ a: null }], [{ a: 2 ** 41 }]])(
    'are not %j (R35)',
    (json) => {
      expect(decodeEnds(json)).toBeUndefined()
    },
  )
})
