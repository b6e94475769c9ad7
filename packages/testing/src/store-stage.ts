import { setTimeout as wait } from 'node:timers/promises'
import type { Store, StoredRecord } from '@keepsake/core'
import { onTestFinished, type TestContext } from 'vitest'
import type { MakeStore, StorePlace } from './store-place.ts'

/** A test's clock: either one that moves only when it is advanced, or the real one. */
export interface Clock {
  readonly now: () => number
  /** Lets time pass. */
  readonly pass: (milliseconds: number) => Promise<void>
}

/** Empty storage, its clients and its clock, for one test. */
export interface Stage {
  readonly place: StorePlace
  readonly store: Store
  /** Another client of the same storage; the same client if there is no other. */
  readonly other: Store
  readonly clock: Clock
  /** A record that expires in this many milliseconds. */
  readonly record: (text: string, inMs?: number, subject?: string) => StoredRecord
}

export type Stages = () => Promise<Stage>

/** Long enough for a slow disk, a busy machine and waits in real time. */
export const PATIENCE_MS = 600_000

const HOUR_MS = 3_600_000

/** Creates a stage that is removed at the end of the test. */
export function createStages(makeStore: MakeStore): Stages {
  return async () => {
    let time = Date.now()
    let isReal = false
    const now = (): number => (isReal ? Date.now() : time)
    const place = await makeStore(now)
    const { store } = place
    isReal = place.hasOwnClock === true
    const other = (await place.another?.()) ?? store
    onTestFinished(async () => {
      await store.close?.()
      if (other !== store) await other.close?.()
      await place.remove?.()
    })
    const pass = async (milliseconds: number): Promise<void> => {
      if (isReal) await wait(milliseconds)
      else time += milliseconds
    }
    return {
      place,
      store,
      other,
      clock: { now, pass },
      record: (text, inMs = HOUR_MS, subject = undefined) => ({ text, expiresAt: now() + inMs, subject }),
    }
  }
}

/** Skips the rest of a test of a feature that this store, or this storage, does not have. */
export function need<T extends object>(context: TestContext, owner: T, method: keyof T & string): void {
  if (owner[method] === undefined) context.skip(`it has no ${method}`)
}
