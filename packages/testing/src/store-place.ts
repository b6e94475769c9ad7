import type { Store } from '@keepsake/core'
import type { MaybePromise } from '@keepsake/core/store'

/** The storage of one test, and the suite's access to it. */
export interface StorePlace {
  /** A client of the storage. */
  readonly store: Store
  /** Another client of the same storage, as another process would have. Omit it if no other process can reach it. */
  another?(): MaybePromise<Store>
  /** All bytes of the storage, as somebody who steals the disk would find them. */
  dump?(): MaybePromise<Uint8Array>
  /** True if the backend uses its own clock; the suite then waits in real time. */
  readonly hasOwnClock?: boolean
  /** Deletes the storage. Its clients have been closed. */
  remove?(): MaybePromise<void>
}

/** Creates empty storage. `now` is the clock to use, in epoch milliseconds. */
export type MakeStore = (now: () => number) => MaybePromise<StorePlace>
