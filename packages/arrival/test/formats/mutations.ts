import type { Random } from '../../../testing/src/store-random.ts'

type Mutate = (value: string, random: Random, others: readonly string[]) => string

const CHARACTERS = Array.from('AZaz09+/-_=.:;*~%{}"\\,[] \u0000é\uD800')
const SEPARATORS = /([.:;*~]|--|%3B|%2D%2D)/i

/** Cuts the value at a random place, into the text before and after it. */
function cut(value: string, random: Random): readonly [before: string, after: string] {
  const at = random.below(value.length + 1)
  return [value.slice(0, at), value.slice(at)]
}

const swapped = (character: string): string =>
  character === character.toUpperCase() ? character.toLowerCase() : character.toUpperCase()

const escaped = (character: string): string =>
  `%${Buffer.from(character).subarray(0, 1).toString('hex').padStart(2, '0')}`

/** Changes one of the parts of a value. */
const ofPart =
  (change: (part: string, random: Random) => string): Mutate =>
  (value, random) => {
    const parts = value.split(SEPARATORS)
    const at = random.below(Math.ceil(parts.length / 2)) * 2
    return parts.with(at, change(parts[at] ?? '', random)).join('')
  }

/** Flips one bit of the decoded base64, and encodes it in the same alphabet. */
function flipped(part: string, random: Random): string {
  const encoding = /[+/=]/.test(part) ? 'base64' : 'base64url'
  const bytes = Buffer.from(part, encoding)
  const at = random.below(bytes.length)
  bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8))
  return bytes.toString(encoding)
}

const MUTATIONS: readonly Mutate[] = [
  (value) => value,
  (value, random) => {
    const [before, after] = cut(value, random)
    return before + random.pick(CHARACTERS) + after.slice(1)
  },
  (value, random) => {
    const [before, after] = cut(value, random)
    return before + random.pick(CHARACTERS) + after
  },
  (value, random) => {
    const [before, after] = cut(value, random)
    return before + after.slice(1 + random.below(4))
  },
  (value, random) => {
    const [before, after] = cut(value, random)
    return before + swapped(after.slice(0, 1)) + after.slice(1)
  },
  (value, random) => {
    const [before, after] = cut(value, random)
    return before + escaped(after.slice(0, 1)) + after.slice(1)
  },
  (value, random) => cut(value, random)[random.below(2)] ?? '',
  (value, random) => {
    const [before, after] = cut(value, random)
    return after + before
  },
  (value, random) => {
    const [, after] = cut(value, random)
    return value + after
  },
  (value, random, others) => {
    const [before] = cut(value, random)
    return before + random.pick(others).slice(before.length)
  },
  // The same part of another value: a signature, a time, a header.
  (value, random, others) => {
    const parts = value.split(SEPARATORS)
    const at = random.below(parts.length)
    return parts.with(at, random.pick(others).split(SEPARATORS)[at] ?? '').join('')
  },
  (value) => `${value}=`,
  ofPart(flipped),
  ofPart(() => ''),
  ofPart((part) => `${part}=`),
  ofPart((part) => part.slice(0, -1)),
  ofPart((part) => part + part),
  ofPart((part, random) => Buffer.from(Array.from(part, () => random.below(256))).toString('base64url')),
]

/** A genuine value with one to three changes, or none. */
export function mutated(random: Random, value: string, others: readonly string[]): string {
  const count = 1 + random.below(3)
  return Array.from({ length: count }).reduce<string>(
    (text) => random.pick(MUTATIONS)(text, random, others),
    value,
  )
}
