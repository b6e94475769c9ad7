import { MAX_TIME } from '../base/time.ts'

/** The keys of the data that have an end of their own, with that end in epoch seconds. */
export type KeyExpiries = ReadonlyMap<string, number>

export const NO_EXPIRIES: KeyExpiries = new Map()
const NO_KEYS: readonly string[] = Object.freeze([])

/** The keys whose end has come. */
export function expiredKeys(expiries: KeyExpiries, now: number): readonly string[] {
  return expiries.size === 0 ? NO_KEYS : [...expiries].filter(([, end]) => now >= end).map(([key]) => key)
}

/** Gives a key its end, or, with `Infinity`, takes it away. */
export function withExpiry(expiries: KeyExpiries, key: string, end: number): KeyExpiries {
  return end === Infinity
    ? onlyExpiries(expiries, (other) => other !== key)
    : new Map([...expiries, [key, Math.min(end, MAX_TIME)]])
}

/** The ends of these keys and no others. */
export function onlyExpiries(expiries: KeyExpiries, isKept: (key: string) => boolean): KeyExpiries {
  return expiries.size === 0 ? expiries : new Map([...expiries].filter(([key]) => isKept(key)))
}

/**
 * What stands after two requests have set ends. Where both changed that of one key, the earlier one, and one rather
 * than none: a secret that one of them limits does not live longer because of the other.
 */
export function mergeExpiries(base: KeyExpiries, mine: KeyExpiries, theirs: KeyExpiries): KeyExpiries {
  if (base.size === 0 && mine.size === 0) return theirs
  const merged = new Map<string, number>()
  for (const key of new Set([...theirs.keys(), ...mine.keys()])) {
    const [was, my, their] = [base, mine, theirs].map((expiries) => expiries.get(key))
    const end = my === was ? their : their === was ? my : Math.min(my ?? Infinity, their ?? Infinity)
    if (end !== undefined) merged.set(key, end)
  }
  return merged
}

/** What `Object.fromEntries` made of ends, or undefined for anything else. */
export function decodeExpiries(json: unknown): KeyExpiries | undefined {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return undefined
  const entries = Object.entries(json)
  return entries.every(isEnd) ? new Map(entries) : undefined
}

const isEnd = (entry: [string, unknown]): entry is [string, number] =>
  Number.isInteger(entry[1]) && Number(entry[1]) >= 0 && Number(entry[1]) <= MAX_TIME
