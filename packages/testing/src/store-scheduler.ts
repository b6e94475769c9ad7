import type { Store } from '@keepsake/core'
import { nextTurn, sweepOf } from './store-pass.ts'
import type { Random } from './store-random.ts'

/** Runs tasks one step at a time, in an order chosen by a random generator. */
export interface Scheduler {
  /** The same store, but every call and every result waits for its turn. */
  gate(store: Store): Store
  /** Resolves when it is the caller's turn. */
  turn(): Promise<void>
  /** Runs all tasks until they end. Rejects with the first error of any of them. */
  run(tasks: readonly (() => Promise<void>)[]): Promise<void>
}

/** One step in three overlaps with others, so that two clients really use the backend simultaneously. */
const TOGETHER_IN = 3
const MOST_TURNS = 10

export function createScheduler(random: Random): Scheduler {
  const waiting: (() => void)[] = []
  const busy = { tasks: 0, atBackend: 0, wake: () => {} }
  const isRunning = (): boolean => busy.tasks > 0
  /** Whether a task can continue, or all tasks have ended. */
  const isSettled = (): boolean => !isRunning() || (busy.atBackend === 0 && waiting.length > 0)

  const turn = (): Promise<void> =>
    new Promise((resolve) => {
      waiting.push(resolve)
      busy.wake()
    })

  async function step<T>(work: () => Promise<T>): Promise<T> {
    await turn()
    busy.atBackend++
    try {
      return await work()
    } finally {
      busy.atBackend--
      await turn()
    }
  }

  /** Waits until every task waits for its turn, or for something outside the scheduler, such as a timer or another task. */
  async function settle(): Promise<void> {
    do {
      await nextTurn()
      if (!isSettled()) await new Promise<void>((resolve) => (busy.wake = resolve))
    } while (!isSettled())
  }

  async function go(): Promise<void> {
    await settle()
    while (isRunning()) {
      const together = random.below(TOGETHER_IN) === 0 ? 1 + random.below(waiting.length) : 1
      for (let n = 0; n < together; n++) {
        waiting.splice(random.below(waiting.length), 1)[0]?.()
        // The next step starts while this one is at some point of its work.
        for (let turns = random.below(MOST_TURNS); turns > 0; turns--) await nextTurn()
      }
      await settle()
    }
  }

  return {
    turn,
    gate: (store) => ({
      read: (key) => step(async () => store.read(key)),
      create: (key, record) => step(async () => store.create(key, record)),
      replace: (key, revision, record) => step(async () => store.replace(key, revision, record)),
      delete: (key) => step(async () => store.delete(key)),
      sweep: (now) => step(() => sweepOf(store, now)),
    }),
    async run(tasks) {
      busy.tasks = tasks.length
      const done = tasks.map((task) =>
        task().finally(() => {
          busy.tasks--
          busy.wake()
        }),
      )
      await Promise.all([...done, go()])
    },
  }
}
