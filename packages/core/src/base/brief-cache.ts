import type { MaybePromise } from './maybe-promise.ts'

interface Entry<V> {
  readonly from: number
  value: MaybePromise<V>
}

/**
 * Caches loaded values for a short time. Limited in size: the least recently used goes first. With a `maxAge` of 0
 * nothing is cached.
 *
 * @param maxAge Milliseconds, by the clock `now`.
 */
export function createBriefCache<V>(maxAge: number, max: number, now: () => number) {
  const entries = new Map<string, Entry<V>>()

  function keep(key: string, value: MaybePromise<V>): Entry<V> {
    const entry = { from: now(), value }
    entries.delete(key)
    if (maxAge === 0) return entry
    for (const oldest of entries.keys()) {
      if (entries.size < max) break
      entries.delete(oldest)
    }
    entries.set(key, entry)
    return entry
  }

  function fresh(key: string): Entry<V> | undefined {
    const entry = entries.get(key)
    if (entry === undefined) return undefined
    const age = now() - entry.from
    // If the clock was set back, the age is unknown.
    if (age < 0 || age >= maxAge) return undefined
    entries.delete(key)
    entries.set(key, entry)
    return entry
  }

  return Object.freeze({
    /** The cached value, synchronously; otherwise the result of `load`, which parallel callers share. */
    get(key: string, load: () => Promise<V>): MaybePromise<V> {
      const known = fresh(key)
      if (known !== undefined) return known.value
      const loading = load()
      const entry = keep(key, loading)
      loading.then(
        (value) => (entry.value = value),
        () => {
          if (entries.get(key) === entry) entries.delete(key)
        },
      )
      return loading
    },
    /** Replaces a cached value or a pending load. */
    put: (key: string, value: V): void => void keep(key, value),
    forget: (key: string): void => void entries.delete(key),
  })
}

export type BriefCache<V> = ReturnType<typeof createBriefCache<V>>
