import { StoreTimeoutError } from './errors.ts'
import type { MaybePromise } from './maybe-promise.ts'

/**
 * Gives a task of the store so many milliseconds. After that the caller gets an error and the task is on its own: what
 * it still brings or throws is dropped, and `isOver` tells it not to begin anything new. What is done at once costs nothing;
 * the time begins with the next turn of the event loop, so that what is done by then costs no timer.
 *
 * @throws {StoreTimeoutError}
 */
export function withinLimit<T>(
  milliseconds: number,
  task: (isOver: () => boolean) => MaybePromise<T>,
): MaybePromise<T> {
  let isOver = false
  const working = task(() => isOver)
  if (!(working instanceof Promise)) return working
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined
    const begin = setImmediate(() => {
      timer = setTimeout(() => {
        isOver = true
        reject(new StoreTimeoutError(milliseconds))
      }, milliseconds)
    })
    const ending =
      <V>(end: (value: V) => void) =>
      (value: V): void => {
        clearImmediate(begin)
        clearTimeout(timer)
        end(value)
      }
    working.then(ending(resolve), ending(reject))
  })
}
