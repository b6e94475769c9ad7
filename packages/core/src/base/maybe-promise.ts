/**
 * A value, or a promise of it. Sealed sessions and in-process stores need no promise: they
 * cost no tick.
 */
export type MaybePromise<T> = T | Promise<T>

/** Continues with a value: synchronously if it is available, otherwise when it arrives. */
export function andThen<T, U>(value: MaybePromise<T>, next: (value: T) => MaybePromise<U>): MaybePromise<U> {
  return value instanceof Promise ? value.then(next) : next(value)
}

/** Runs work one after the other, in order; synchronously, without a tick, if nothing has to wait. */
export class Queue {
  #running: Promise<void> | undefined

  /** Whether new work has to wait. */
  get isBusy(): boolean {
    return this.#running !== undefined
  }

  /** Work that fails does not stop the work after it. */
  take(work: () => MaybePromise<void>): MaybePromise<void> {
    if (this.#running === undefined) return this.begun(work())
    const next = (): MaybePromise<void> => this.take(work)
    return this.#running.then(next, next)
  }

  /** Makes later work wait for work that has begun while the queue was idle. */
  begun(result: MaybePromise<void>): MaybePromise<void> {
    if (!(result instanceof Promise)) return
    const done = (): void => void (this.#running = undefined)
    this.#running = result
    // Runs before the caller's reactions, so that the caller finds the queue idle.
    result.then(done, done)
    return result
  }

  /** Resolves when no work is running, whether it failed or not; undefined if none is. */
  taken(): Promise<void> | undefined {
    const next = (): Promise<void> | undefined => this.taken()
    return this.#running?.then(next, next)
  }
}

/**
 * Runs tasks with the same key one after another, and others in parallel. A task receives the result of
 * the previous one with its key, unless that failed. A task that waits for nothing runs synchronously.
 */
export type KeyedQueue<T> = (
  key: string,
  task: (previous: T | undefined) => MaybePromise<T>,
) => MaybePromise<T>

/** Forgets a key whose tasks are done. */
export function createKeyedQueue<T>(): KeyedQueue<T> {
  const last = new Map<string, Promise<T>>()
  return (key, task) => {
    const before = last.get(key)
    const mine = before === undefined ? task(undefined) : before.then(task, () => task(undefined))
    if (!(mine instanceof Promise)) return mine
    const done = (): void => {
      if (last.get(key) === mine) last.delete(key)
    }
    last.set(key, mine)
    mine.then(done, done)
    return mine
  }
}
