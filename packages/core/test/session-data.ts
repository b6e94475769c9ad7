import * as fc from 'fast-check'

const KEYS = ['a', 'b', 'c', 'list', '1', '$date', '$', '__proto__', 'constructor', 'toString']

const { value } = fc.letrec<{ value: unknown; leaf: unknown; object: Record<string, unknown> }>((tie) => ({
  leaf: fc.oneof(
    fc.integer({ min: -3, max: 3 }),
    fc.constantFrom(true, null, undefined, 'text', '"$', -0, 7n),
    fc.integer({ min: 0, max: 3 }).map((time) => new Date(time)),
  ),
  object: fc
    .array(fc.tuple(fc.constantFrom(...KEYS), tie('value')), { maxLength: 4 })
    .map((entries) => Object.fromEntries(entries)),
  value: fc.oneof(
    { maxDepth: 3 },
    tie('leaf'),
    fc.array(tie('value'), { maxLength: 3 }),
    tie('object'),
    fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 }).map((items) => new Set(items)),
    fc
      .array(fc.tuple(fc.constantFrom('x', 'y'), tie('leaf')), { maxLength: 3 })
      .map((pairs) => new Map(pairs)),
  ),
}))

/** Possible data of a handler, with few keys and values, so that two handlers often change the same ones. */
export const anyData: fc.Arbitrary<Record<string, unknown>> = fc
  .array(fc.tuple(fc.constantFrom(...KEYS), value), { maxLength: 5 })
  .map((entries) => Object.fromEntries(entries.filter(([, item]) => item !== undefined)))
