import { fieldOf } from '../base/own.ts'

/** Who is to be told of which key. For stores that have a `watch`. */
export interface KeyListeners {
  /** How many keys have listeners. */
  readonly size: number
  /** Has `changed` called with each `tell` of this key; returns what ends that. Ending it twice is fine. */
  readonly add: (key: string, changed: () => void) => () => void
  readonly tell: (key: string) => void
  /** For a store that may have missed something, such as one whose connection was broken. */
  readonly tellAll: () => void
}

/**
 * Listeners by key, for the `watch` of a store.
 *
 * @param events `opened` is called with a key when its first listener has come, `closed` when its last one has gone.
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
      // Two watches may share one function; each has an end of its own.
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
