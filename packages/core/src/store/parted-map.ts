/** A power of two. */
const PARTS = 256

/**
 * A map of many small ones. In a full memory store of a million sessions, a single map blocked the event loop for 92 ms of
 * CPU when it grew, and these for 20; in a sweep, 52 and 15 (`bench memory`, whose goals are on docs/performance.md). The
 * parts have similar sizes if the last characters of the keys are random.
 */
export function createPartedMap<V>() {
  const parts = Array.from({ length: PARTS }, () => new Map<string, V>())
  let size = 0
  const partOf = (key: string): Map<string, V> =>
    parts[key.charCodeAt(key.length - 1) & (PARTS - 1)] as Map<string, V>
  return {
    get size(): number {
      return size
    },
    get: (key: string): V | undefined => partOf(key).get(key),
    /** The values part by part, each part in its state when it is reached. */
    *parts(): Generator<readonly V[], void> {
      for (const part of parts) yield [...part.values()]
    },
    set(key: string, value: V): void {
      const part = partOf(key)
      size -= part.size
      size += part.set(key, value).size
    },
    delete(key: string): boolean {
      const isThere = partOf(key).delete(key)
      if (isThere) size--
      return isThere
    },
  }
}
