import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { metaOf } from './texts.ts'
import { SessionDataError } from '../../src/base/errors.ts'
import { type Conflict, mergeTexts, type ResolveConflict } from '../../src/record/merge.ts'
import { readText, writeText } from '../../src/record/text.ts'
import { anyData } from '../session-data.ts'
import { present, thrown } from '../store-support.ts'

type Data = Record<string, unknown>

const text = (data: object, subject?: string): string => writeText(data, metaOf({ subject }))
const dataIn = (merged: string): Data => present(readText(merged)).data

const mine: ResolveConflict = (conflict) => conflict.mine
const unexpected: ResolveConflict = ({ path }) => {
  throw new Error(`unexpected conflict at ${path}`)
}

const merged = (base: object, mine: object, theirs: object, resolve = unexpected): Data =>
  dataIn(mergeTexts(text(base), text(mine), text(theirs), resolve))

/** Merges and lists the conflicts; mine wins. */
function conflictsOf(base: object, mine: object, theirs: object): Conflict[] {
  const conflicts: Conflict[] = []
  mergeTexts(text(base), text(mine), text(theirs), (conflict) => {
    conflicts.push(conflict)
    return conflict.mine
  })
  return conflicts
}

/** A key's value as text, so that dates and maps compare by their content. */
const valueAt = (data: Data, key: string): string | undefined =>
  Object.hasOwn(data, key) ? text({ value: data[key] }) : undefined

describe('a change of one side', () => {
  it('is kept unchanged', () => {
    fc.assert(
      fc.property(anyData, anyData, (base, changed) => {
        expect(mergeTexts(text(base), text(changed), text(base), unexpected)).toBe(text(changed))
        expect(mergeTexts(text(base), text(base), text(changed), unexpected)).toBe(text(changed))
      }),
    )
  })

  it('is never lost, whichever keys the other side changed', () => {
    fc.assert(
      fc.property(anyData, anyData, anyData, (base, mineData, theirs) => {
        const result = dataIn(mergeTexts(text(base), text(mineData), text(theirs), mine))
        const keys = new Set([base, mineData, theirs].flatMap((data) => Object.keys(data)))
        for (const key of keys) {
          const [was, my, their] = [base, mineData, theirs].map((data) => valueAt(data, key))
          if (was === their) expect(valueAt(result, key)).toBe(my)
          else if (was === my) expect(valueAt(result, key)).toBe(their)
        }
      }),
    )
  })

  it('is kept at any depth', () => {
    const base = { user: { name: 'A', address: { city: 'X', street: '1' } } }
    const my = { user: { name: 'A', address: { city: 'Y', street: '1' } } }
    const their = { user: { name: 'B', address: { city: 'X', street: '1' }, since: 3 } }
    expect(merged(base, my, their)).toEqual({
      user: { name: 'B', address: { city: 'Y', street: '1' }, since: 3 },
    })
  })

  it('may be a removal', () => {
    expect(merged({ a: 1, b: 2 }, { b: 2 }, { a: 1, b: 3 })).toEqual({ b: 3 })
    expect(merged({ a: 1, b: 2 }, { a: 1, b: 3 }, { b: 2 })).toEqual({ b: 3 })
    expect(merged({ a: 1, b: 2 }, { b: 2 }, { a: 1 })).toEqual({})
    expect(merged({ a: 1 }, {}, {})).toEqual({})
  })

  it('distinguishes undefined from a missing key', () => {
    expect(merged({ in: { a: 1 } }, { in: { a: undefined } }, { in: { a: 1, b: 2 } })).toStrictEqual({
      in: { a: undefined, b: 2 },
    })
  })

  it('keeps the subject', () => {
    const result = mergeTexts(
      text({ a: 1 }, 'u1'),
      text({ a: 1, b: 2 }, 'u1'),
      text({ a: 3 }, 'u1'),
      unexpected,
    )
    expect(readText(result)).toMatchObject({ data: { a: 3, b: 2 }, subject: 'u1' })
  })
})

describe('lists that both sides appended to', () => {
  const items = fc.array(fc.oneof(fc.integer(), fc.date({ noInvalidDate: true }), fc.string()))

  it('keep the previous items, then theirs and mine, at any depth', () => {
    fc.assert(
      fc.property(items, items, items, (start, myTail, theirTail) => {
        fc.pre(text({ myTail }) !== text({ myTail: theirTail }))
        const of = (tail: unknown[]): object => ({
          list: [...start, ...tail],
          in: { side: { list: [...start, ...tail] } },
        })
        const all = [...start, ...theirTail, ...myTail]
        expect(merged(of([]), of(myTail), of(theirTail))).toEqual({ list: all, in: { side: { list: all } } })
      }),
    )
  })

  it('keep both if there was none before', () => {
    expect(merged({}, { cart: ['mine'] }, { cart: ['theirs'] })).toEqual({ cart: ['theirs', 'mine'] })
  })

  it('keep both additions even if they are equal: the same book from two tabs is two books', () => {
    expect(merged({}, { cart: ['A1'] }, { cart: ['A1'] })).toEqual({ cart: ['A1', 'A1'] })
    expect(merged({ a: { l: [1] } }, { a: { l: [1, 2] } }, { a: { l: [1, 2] } })).toEqual({
      a: { l: [1, 2, 2] },
    })
    expect(merged({ n: 1, o: {} }, { n: 2, o: { x: 1 } }, { n: 2, o: { x: 1 } })).toEqual({
      n: 2,
      o: { x: 1 },
    })
  })

  it('also keep items that the other side inserted', () => {
    expect(merged({ l: [1, 2] }, { l: [1, 2, 3] }, { l: [0, 1, 9, 2] })).toEqual({ l: [0, 1, 9, 2, 3] })
    expect(merged({ l: [1, 2] }, { l: [0, 1, 9, 2] }, { l: [1, 2, 3] })).toEqual({ l: [0, 1, 9, 2, 3] })
  })
})

const isAppended = (start: unknown[], list: unknown[]): boolean =>
  text({ list: list.slice(0, start.length) }) === text({ list: start })

describe('a list that one side only appended to', () => {
  const items = fc.array(fc.oneof(fc.integer(), fc.date({ noInvalidDate: true }), fc.string()))
  it('is the other side’s list, then the appended items, whichever side commits first', () => {
    fc.assert(
      fc.property(fc.tuple(fc.integer(), items), items, items, ([first, rest], tail, other) => {
        const start = [first, ...rest]
        fc.pre(!isAppended(start, other))
        const [appended, changed] = [{ in: { list: [...start, ...tail] } }, { in: { list: other } }]
        const both = { in: { list: [...other, ...tail] } }
        expect(merged({ in: { list: start } }, appended, changed)).toEqual(both)
        expect(merged({ in: { list: start } }, changed, appended)).toEqual(both)
      }),
    )
  })

  it.each<[string, unknown[], unknown[], unknown[] | undefined, unknown[]]>([
    ['changed an item', [1, 2], [1, 2, 3], [9, 2], [9, 2, 3]],
    ['took an item out', [1, 2], [1, 2, 3], [1], [1, 3]],
    ['took one of two alike out', [1, 1], [1, 1, 2], [1], [1, 2]],
    ['took all items out', [1, 2], [1, 2, 3], [], [3]],
    ['removed the list', [1, 2], [1, 2, 3], undefined, [3]],
    ['sorted the list', [1, 2], [1, 2, 3], [2, 1], [2, 1, 3]],
  ])(
    'keeps the appended items, and not what the other side has removed: it %s',
    (_, base, appended, other, both) => {
      const changed = other === undefined ? {} : { l: other }
      expect(merged({ l: base }, { l: appended }, changed)).toEqual({ l: both })
      expect(merged({ l: base }, changed, { l: appended })).toEqual({ l: both })
    },
  )

  it('is a conflict if both sides changed the list in another way', () => {
    expect(conflictsOf({ l: [1, 2] }, { l: [0, 1, 2] }, { l: [1, 5, 2] })).toEqual([
      { path: 'l', base: [1, 2], mine: [0, 1, 2], theirs: [1, 5, 2] },
    ])
    expect(conflictsOf({ l: [1, 2] }, { l: [1] }, { l: [2] })).toHaveLength(1)
    expect(conflictsOf({ l: [1, 2] }, { l: [2] }, {})).toHaveLength(1)
    expect(conflictsOf({ l: [1, 2] }, { l: [1, 2, 3] }, { l: 'no list' })).toHaveLength(1)
    expect(conflictsOf({ l: 0 }, { l: [1] }, { l: [2] })).toHaveLength(1)
  })
})

/** `base` with the values of `data` for the keys that `pick` selects. */
const changed = (base: Data, data: Data, pick: (key: string) => boolean): Data =>
  Object.fromEntries([
    ...Object.entries(base).filter(([key]) => !pick(key)),
    ...Object.entries(data).filter(([key]) => pick(key)),
  ])
const sorted = (data: Data): string =>
  text(Object.fromEntries(Object.entries(data).sort(([x], [y]) => (x < y ? -1 : 1))))

describe('sides that changed different keys', () => {
  it('result in the same data, whoever commits first', () => {
    fc.assert(
      fc.property(anyData, anyData, anyData, fc.func(fc.boolean()), (base, a, b, isOfA) => {
        const left = changed(base, a, isOfA)
        const right = changed(base, b, (key) => !isOfA(key))
        expect(sorted(merged(base, left, right))).toBe(sorted(merged(base, right, left)))
      }),
    )
  })
})

describe('a conflict', () => {
  it.each([
    ['two values', { a: 1 }, { a: 2 }, { a: 3 }, { path: 'a', base: 1, mine: 2, theirs: 3 }],
    ['two first values', {}, { a: 2 }, { a: 3 }, { path: 'a', base: undefined, mine: 2, theirs: 3 }],
    ['removed against changed', { a: 1 }, {}, { a: 3 }, { path: 'a', base: 1, mine: undefined, theirs: 3 }],
    ['changed against removed', { a: 1 }, { a: 2 }, {}, { path: 'a', base: 1, mine: 2, theirs: undefined }],
    [
      'deep down',
      { a: { b: { c: 1 } } },
      { a: { b: { c: 2 } } },
      { a: { b: { c: 3 } } },
      { path: 'a.b.c', base: 1, mine: 2, theirs: 3 },
    ],
    [
      'an object against a list',
      { a: 0 },
      { a: { x: 1 } },
      { a: [1] },
      { path: 'a', base: 0, mine: { x: 1 }, theirs: [1] },
    ],
    [
      'an object against a value',
      { a: 0 },
      { a: { x: 1 } },
      { a: null },
      { path: 'a', base: 0, mine: { x: 1 }, theirs: null },
    ],
  ])('is passed to onConflict with its path and its values: %s', (_, base, my, their, conflict) => {
    expect(conflictsOf(base, my, their)).toEqual([conflict])
  })

  it('gets the value that onConflict returns, and is removed if it returns undefined', () => {
    expect(merged({ n: 1, m: 1 }, { n: 2, m: 2 }, { n: 3, m: 3 }, ({ theirs }) => theirs)).toEqual({
      n: 3,
      m: 3,
    })
    expect(
      merged({ n: 1 }, { n: 5 }, { n: 3 }, ({ mine, theirs }) => Math.max(Number(mine), Number(theirs))),
    ).toEqual({ n: 5 })
    expect(merged({ n: 1, m: 1 }, { n: 2, m: 1 }, { n: 3, m: 1 }, () => undefined)).toEqual({ m: 1 })
  })

  it('throws the error of onConflict', () => {
    expect(thrown(() => merged({}, { a: 1 }, { a: 2 }))).toMatchObject({
      message: 'unexpected conflict at a',
    })
  })

  it('rejects a returned value that could not be read back', () => {
    const error = thrown(() => merged({ d: 1 }, { d: 2 }, { d: 3 }, () => ({ $what: 1 })))
    expect(error).toBeInstanceOf(SessionDataError)
    expect(error).toMatchObject({ message: 'session data: onConflict returned a value that cannot be saved' })
  })
})

describe('values that JSON cannot represent', () => {
  const early = new Date(1)
  const late = new Date(2)

  it('keep both additions to a Map or a Set', () => {
    expect(merged({}, { m: new Map([['a', early]]) }, { m: new Map([['b', 2]]) })).toEqual({
      m: new Map<string, unknown>([
        ['b', 2],
        ['a', early],
      ]),
    })
    expect(merged({ s: new Set([1]) }, { s: new Set([1, 2]) }, { s: new Set([1, 3]) })).toEqual({
      s: new Set([1, 3, 2]),
    })
  })

  it('conflict when both sides set another date', () => {
    expect(conflictsOf({ d: 0 }, { d: early }, { d: late })).toHaveLength(1)
    expect(merged({ d: 0 }, { d: early }, { d: late }, mine)).toEqual({ d: early })
    expect(merged({ d: 0 }, { d: early }, { d: late }, ({ theirs }) => theirs)).toEqual({ d: late })
  })

  const kinds: readonly (readonly [string, unknown])[] = [
    ['a date', early],
    ['a map', new Map([['k', 1]])],
    ['a set', new Set([1])],
    ['a bigint', 12n],
    ['bytes', new Uint8Array([1, 2])],
    ['a URL', new URL('https://example.org/')],
    ['undefined', undefined],
    ['minus zero', -0],
    ['an object', { k: 1 }],
    ['an empty object', {}],
    ['an object with a dollar key', { $date: 1 }],
  ]

  it.each(kinds)(
    'of two kinds are never mixed into something unreadable: %s and any other',
    (kind, value) => {
      for (const [otherKind, other] of kinds.filter(([name]) => name !== kind)) {
        for (const base of [{ in: {} }, { in: { at: 0 } }, { in: { at: { k: 0, $date: 0 } } }]) {
          const result = merged(base, { in: { at: value } }, { in: { at: other } }, mine)
          const isMergeable = kind.includes('object') && otherKind.includes('object')
          if (!isMergeable) expect(text(result)).toBe(text({ in: { at: value } }))
        }
      }
    },
  )
})

describe('the merged text', () => {
  it('is the text of the merged data, so that it looks unchanged when it is read', () => {
    fc.assert(
      fc.property(anyData, anyData, anyData, fc.boolean(), (base, my, their, isLoggedIn) => {
        const subject = isLoggedIn ? 'u1' : undefined
        const result = mergeTexts(text(base, subject), text(my, subject), text(their, subject), mine)
        const content = present(readText(result))
        expect(text(content.data, content.subject)).toBe(result)
        expect(content.subject).toBe(subject)
      }),
    )
  })

  it('has the subject after the data, as a session writes it', () => {
    const result = mergeTexts(
      text({ a: 1 }, 'u'),
      text({ a: 1, m: 1 }, 'u'),
      text({ a: 1, t: 1 }, 'u'),
      unexpected,
    )
    expect(result).toBe(text({ a: 1, t: 1, m: 1 }, 'u'))
  })

  it('contains an item that both sides added to a set once', () => {
    const result = mergeTexts(
      text({}),
      text({ s: new Set([1, 2]) }),
      text({ s: new Set([2, 3]) }),
      unexpected,
    )
    expect(result).toBe(text({ s: new Set([2, 3, 1]) }))
  })

  it.each(['__proto__', 'constructor', 'toString'])(
    'contains no inherited property of objects: %s',
    (key) => {
      const withKey = (value: unknown): object => Object.fromEntries([[key, value]])
      const removed = merged({ ...withKey({ x: 1 }), a: 1 }, { a: 1 }, { ...withKey({ x: 1 }), a: 2 })
      expect(Object.entries(removed)).toEqual([['a', 2]])
      const both = merged({}, withKey([1]), { ...withKey([2]), a: 1 })
      expect(Object.entries(both)).toEqual([
        [key, [2, 1]],
        ['a', 1],
      ])
    },
  )

  it('treats the names of Object.prototype as ordinary keys (R17)', () => {
    const evil = JSON.parse(
      '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":2}}}',
    ) as object
    const base = JSON.parse('{"__proto__":{"x":0}}') as object
    const result = merged(base, { ...evil, a: 1 }, { constructor: { prototype: { other: 3 } } }, mine)
    expect(Object.getPrototypeOf(result)).toBe(Object.prototype)
    expect(Object.keys(result).sort()).toEqual(['__proto__', 'a', 'constructor'])
    expect(valueAt(result, 'constructor')).toBe(text({ value: { prototype: { other: 3, polluted: 2 } } }))
    expect(valueAt(result, '__proto__')).toBe(text({ value: { polluted: 1 } }))
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
  })
})
