import type { Store } from '@keepsake/core'
import type { MaybePromise } from '@keepsake/core/store'

/** Where the records of one test lie, and what the suite needs to look at them. */
export interface StorePlace {
  /** A client of the place. */
  readonly store: Store
  /** Another client of the same place, as another process would have one. Left out where nobody else can reach it. */
  another?(): MaybePromise<Store>
  /** All bytes that lie at the place, as somebody who steals the disk would find them. */
  dump?(): MaybePromise<Uint8Array>
  /** Set where the backend goes by its own clock; the suite then waits in real time. */
  readonly hasOwnClock?: boolean
  /** Removes the place. Its clients have been closed. */
  remove?(): MaybePromise<void>
}

/** Makes a place where nothing has been kept yet. `now` is the clock to go by, in epoch milliseconds. */
export type MakeStore = (now: () => number) => MaybePromise<StorePlace>
