import type { Choices } from './choices.ts'

const KEYS = [
  'a',
  'b',
  'c',
  'list',
  '0',
  '1',
  '$',
  '$date',
  '$$x',
  '__proto__',
  'constructor',
  'toJSON',
  'then',
  'length',
  'é',
  '',
  '"',
  '\\',
  '\n',
] as const

/**
 * A value that a handler may set: one that JSON can represent, one that it cannot, and occasionally one that cannot
 * be saved.
 */
export function anything(choices: Choices, depth = 3): unknown {
  const inner = (): unknown => anything(choices, depth - 1)
  switch (choices.below(depth > 0 ? 16 : 9)) {
    case 0:
      return choices.below(5)
    case 1:
      return choices.text(6, 0x20, 0x24)
    case 2:
      return choices.text(4, 0, 0xff_ff)
    case 3:
      return choices.pick([true, false, null, undefined, -0, 0.1, 1e300, -1])
    case 4:
      return new Date(choices.pick([0, -1, 8.64e15, 1_800_000_000_000]))
    case 5:
      return choices.pick([0n, -7n, 2n ** 70n])
    case 6:
      return Uint8Array.from({ length: choices.below(5) }, () => choices.below(256))
    case 7:
      return new URL(`https://example.com/${choices.below(9)}`)
    case 8:
      return choices.once(30) ? unkeepable(choices) : 'text'
    case 9:
    case 10:
      return choices.list(3, inner)
    case 11:
      return new Set(choices.list(3, inner))
    case 12:
      return new Map(choices.list(3, () => [inner(), inner()] as const))
    default:
      return anyObject(choices, depth - 1)
  }
}

const unkeepable = (choices: Choices): unknown =>
  choices.pick<unknown>([
    () => 1,
    Symbol('s'),
    Number.NaN,
    Infinity,
    new Date(Number.NaN),
    new Error('e'),
    new WeakSet(),
  ])

/**
 * An object with few possible keys, so that two objects often have the same ones. Defined, not assigned:
 * `__proto__` is a key like any other.
 */
export const anyObject = (choices: Choices, depth = 3): Record<string, unknown> =>
  Object.fromEntries(choices.list(4, () => [choices.pick(KEYS), anything(choices, depth)]))
