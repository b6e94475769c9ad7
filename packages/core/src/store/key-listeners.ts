import { fieldOf } from '../base/own.ts'

/** The listeners of each key. For stores that have a `watch`. */
export interface KeyListeners {
  /** How many keys have listeners. */
  readonly size: number
  /** Calls `changed` with each `tell` of this key; returns a function that stops this. Stopping twice is fine. */
  readonly add: (key: string, changed: () => void) => () => void
  readonly tell: (key: string) => void
  /** For a store that may have missed changes, for example because its connection was broken. */
  readonly tellAll: () => void
}

/**
 * Listeners by key, for the `watch` of a store.
 *
 * @param events `opened` is called with a key when its first listener is added, `closed` when its last one is removed.
 */
export function createKeyListeners(
  events: { readonly opened?: (key: string) => void; readonly closed?: (key: string) => void } = {},
): KeyListeners {
  const [opened, closed] = [fieldOf(events, 'opened'), fieldOf(events, 'closed')]
  const listeners = new Map<string, Set<() => void>>()
  const tell = (key: string): void => listeners.get(key)?.forEach((changed) => changed())

  return Object.freeze<KeyListeners>({
    get size() {
      return listeners.size
    },
    add(key, changed) {
      // Two watches may share one function; each is stopped separately.
      const listener = (): void => changed()
      const standing = listeners.get(key)
      if (standing !== undefined) standing.add(listener)
      else {
        listeners.set(key, new Set([listener]))
        opened?.(key)
      }
      return () => {
        const all = listeners.get(key)
        if (!all?.delete(listener) || all.size > 0) return
        listeners.delete(key)
        closed?.(key)
      }
    },
    tell,
    tellAll() {
      for (const key of listeners.keys()) tell(key)
    },
  })
}
