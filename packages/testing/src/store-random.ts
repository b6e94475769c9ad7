/** A small seeded generator (mulberry32): the same seed gives the same choices. Not for secrets. */
export interface Random {
  /** A whole number from 0 to below `limit`. */
  below(limit: number): number
  pick<T>(list: readonly T[]): T
}

export function createRandom(seed: number): Random {
  let state = seed
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let bits = Math.imul(state ^ (state >>> 15), 1 | state)
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number): number => Math.floor(next() * limit)
  return {
    below,
    pick(list) {
      const [chosen] = list.slice(below(list.length))
      if (chosen === undefined) throw new RangeError('nothing to choose from')
      return chosen
    },
  }
}

/** A number from an environment variable, such as the number of repetitions or the first seed. */
export function numberFrom(variable: string, fallback: number): number {
  const value = process.env[variable]
  return value === undefined || value === '' ? fallback : Number(value)
}
