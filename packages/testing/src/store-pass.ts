import type { Store } from '@keepsake/core'

/** A store that hands the calls about one record on, whether the store's methods are its own or its class's. */
export function pass(store: Store): Store {
  return {
    read: (key) => store.read(key),
    create: (key, record) => store.create(key, record),
    replace: (key, revision, record) => store.replace(key, revision, record),
    delete: (key) => store.delete(key),
    ...(store.watch && { watch: (key, changed) => store.watch?.(key, changed) ?? (() => undefined) }),
  }
}

/** Sweeps a store that can be swept. */
export async function sweepOf(store: Store, now: number): Promise<number> {
  return (await store.sweep?.(now)) ?? 0
}

/** One turn of the event loop. */
export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
