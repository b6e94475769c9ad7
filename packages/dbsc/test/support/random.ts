/** Random choices that a seed repeats. */
export interface Random {
  /** A whole number from 0 up to, and without, `end`. */
  below(end: number): number
  pick<T>(list: readonly T[]): T
}

/** Mulberry32: 32 bits of state are enough to choose among cases. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (end: number): number => Math.floor(next() * end)
  return {
    below,
    pick<T>(list: readonly T[]) {
      const [chosen] = list.slice(below(list.length))
      return chosen as T
    },
  }
}
