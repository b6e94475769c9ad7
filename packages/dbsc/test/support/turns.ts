import type { Store } from '@keepsake/core'
import type { Random } from './random.ts'

/** Lets tasks continue one step at a time, in an order that a random generator chooses. */
export interface Turns {
  /** The same store, but every call and every result waits for its turn. */
  gate(store: Store): Store
  run(tasks: readonly (() => Promise<void>)[]): Promise<void>
}

export function createTurns(random: Random): Turns {
  const waiting: (() => void)[] = []
  const turn = (): Promise<void> => new Promise((resolve) => waiting.push(resolve))
  const step = async <T>(work: () => T): Promise<Awaited<T>> => {
    await turn()
    const done = await work()
    await turn()
    return done
  }
  return {
    gate: (store) => ({
      ...store,
      read: (key) => step(() => store.read(key)),
      create: (key, record) => step(() => store.create(key, record)),
      replace: (key, revision, record) => step(() => store.replace(key, revision, record)),
      delete: (key) => step(() => store.delete(key)),
    }),
    async run(tasks) {
      const running = new Set(tasks)
      const done = tasks.map((task) => task().finally(() => running.delete(task)))
      while (running.size > 0) {
        await new Promise((resolve) => setImmediate(resolve))
        waiting.splice(random.below(waiting.length), 1)[0]?.()
      }
      await Promise.all(done)
    },
  }
}
