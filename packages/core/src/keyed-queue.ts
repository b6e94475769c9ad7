import type { MaybePromise } from './maybe-promise.ts'

/**
 * Runs tasks one after another where they have the same key, and side by side where they have not. A task is given what
 * the one right before it under its key brought, unless that failed. One that waits for nothing is done at once.
 */
export type KeyedQueue<T> = (
  key: string,
  task: (previous: T | undefined) => MaybePromise<T>,
) => MaybePromise<T>

/** Keeps nothing of a key whose tasks are done. */
export function createKeyedQueue<T>(): KeyedQueue<T> {
  const last = new Map<string, Promise<T>>()
  return (key, task) => {
    const before = last.get(key)
    const mine = before === undefined ? task(undefined) : before.then(task, () => task(undefined))
    if (!(mine instanceof Promise)) return mine
    last.set(key, mine)
    return mine.finally(() => {
      if (last.get(key) === mine) last.delete(key)
    })
  }
}
