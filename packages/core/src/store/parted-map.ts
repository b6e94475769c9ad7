/**
 * A map of many small ones. In a full memory store of a million sessions a single one stopped the event loop for 92 ms of
 * CPU when it grew, and these for 20; in a sweep, 52 and 15 (`bench memory`, whose goals are on docs/performance.md).
 */
export interface PartedMap<V> {
  readonly size: number
  get(key: string): V | undefined
  set(key: string, value: V): void
  delete(key: string): boolean
}

/** A power of two. */
const PARTS = 256

/** Parts alike in size for keys whose last characters are as good as random. */
export function createPartedMap<V>(): PartedMap<V> {
  const parts = Array.from({ length: PARTS }, () => new Map<string, V>())
  let size = 0
  const partOf = (key: string): Map<string, V> =>
    parts[key.charCodeAt(key.length - 1) & (PARTS - 1)] as Map<string, V>
  return {
    get size() {
      return size
    },
    get: (key) => partOf(key).get(key),
    set(key, value) {
      const part = partOf(key)
      size -= part.size
      size += part.set(key, value).size
    },
    delete(key) {
      const isThere = partOf(key).delete(key)
      if (isThere) size--
      return isThere
    },
  }
}
