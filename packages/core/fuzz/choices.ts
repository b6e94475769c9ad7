/** Random choices that a seed repeats: the same seed makes the same case on every machine. Not for secrets. */
export interface Choices {
  /** A whole number from 0, below `end`. */
  below(end: number): number
  /** True with a probability of one in this number. */
  once(inSoMany: number): boolean
  pick<T>(list: readonly [T, ...T[]]): T
  /** Up to `most` items. */
  list<T>(most: number, make: () => T): T[]
  /** Up to `most` characters from `first` to `last`. */
  text(most: number, first: number, last: number): string
}

/** Mulberry32: 32 bits of state are enough for one case. */
export function createChoices(seed: number): Choices {
  let state = seed >>> 0
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
  const below = (end: number): number => next() % end
  return {
    below,
    once: (inSoMany) => below(inSoMany) === 0,
    pick: (list) => list[below(list.length)] ?? list[0],
    list: (most, make) => Array.from({ length: below(most + 1) }, make),
    text(most, first, last) {
      let text = ''
      for (let left = below(most + 1); left > 0; left--)
        text += String.fromCharCode(first + below(last - first + 1))
      return text
    },
  }
}

/**
 * The seed of the case with this number. The first case has the seed of the run, so that the seed of a case repeats
 * that case.
 */
export const seedOfCase = (seed: number, number: number): number =>
  (seed + Math.imul(number, 0x9e3779b9)) >>> 0
