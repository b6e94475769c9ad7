import type { MaybePromise } from './maybe-promise.ts'

/** Does work one after the other, in the order in which it comes; at once, with no tick, where nothing has to wait. */
export class Turns {
  #running: Promise<void> | undefined

  /** Work that fails stops nobody who comes after it. */
  take(work: () => MaybePromise<void>): MaybePromise<void> {
    if (this.#running !== undefined) {
      const next = (): MaybePromise<void> => this.take(work)
      return this.#running.then(next, next)
    }
    const result = work()
    if (!(result instanceof Promise)) return
    this.#running = result.finally(() => (this.#running = undefined))
    return this.#running
  }

  /** Resolves when no work is under way, whether it failed or not. */
  async taken(): Promise<void> {
    while (this.#running !== undefined) await this.#running.catch(() => undefined)
  }
}
