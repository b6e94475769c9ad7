/**
 * A value that is there already, or a promise of it. Sealed sessions need no promise, nor do stores in this process: they
 * cost no tick.
 */
export type MaybePromise<T> = T | Promise<T>

/** Goes on with a value: at once when it is there, and when it comes otherwise. */
export function andThen<T, U>(value: MaybePromise<T>, next: (value: T) => MaybePromise<U>): MaybePromise<U> {
  return value instanceof Promise ? value.then(next) : next(value)
}

/** Does work one after the other, in the order in which it comes; at once, with no tick, where nothing has to wait. */
export class Queue {
  #running: Promise<void> | undefined

  /** Whether work that is taken now has to wait. */
  get isBusy(): boolean {
    return this.#running !== undefined
  }

  /** Work that fails does not stop the work after it. */
  take(work: () => MaybePromise<void>): MaybePromise<void> {
    if (this.#running === undefined) return this.begun(work())
    const next = (): MaybePromise<void> => this.take(work)
    return this.#running.then(next, next)
  }

  /** Has others wait for work that has begun while the queue was not busy. */
  begun(result: MaybePromise<void>): MaybePromise<void> {
    if (!(result instanceof Promise)) return
    this.#running = result.finally(() => (this.#running = undefined))
    return this.#running
  }

  /** Resolves when no work is under way, whether it failed or not; undefined where none is. */
  taken(): Promise<void> | undefined {
    const next = (): Promise<void> | undefined => this.taken()
    return this.#running?.then(next, next)
  }
}

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
