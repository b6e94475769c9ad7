/**
 * A value that is there already, or a promise of it. Sealed sessions need no promise, nor do stores in this process: they
 * cost no tick.
 */
export type MaybePromise<T> = T | Promise<T>

/** Goes on with a value: at once when it is there, and when it comes otherwise. */
export function andThen<T, U>(value: MaybePromise<T>, next: (value: T) => MaybePromise<U>): MaybePromise<U> {
  return value instanceof Promise ? value.then(next) : next(value)
}
