import type { Store } from '@keepsake/core'

/** A store that passes on the calls about one record, whether the store is a plain object or an instance of a class. */
export function pass(store: Store): Store {
  return {
    read: (key) => store.read(key),
    create: (key, record) => store.create(key, record),
    replace: (key, revision, record) => store.replace(key, revision, record),
    delete: (key) => store.delete(key),
    ...(store.watch && { watch: (key, changed) => store.watch?.(key, changed) ?? (() => undefined) }),
  }
}

/** Sweeps a store if it has a `sweep`. */
export async function sweepOf(store: Store, now: number): Promise<number> {
  return (await store.sweep?.(now)) ?? 0
}

/** One turn of the event loop. */
export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
