/** How long work on what is there already may hold the event loop, give or take one item. */
const HOLD_MS = 5

/**
 * Hands on items one by one, and gives the event loop a turn whenever the work on them has held it for so long. Waiting
 * for a promise does not: a store in this process answers at once, and its answers never let anything else happen.
 */
export async function* inTurns<T>(items: Iterable<T> | AsyncIterable<T>): AsyncGenerator<T, void> {
  let since = performance.now()
  for await (const item of items) {
    if (performance.now() - since >= HOLD_MS) {
      await new Promise((resolve) => setImmediate(resolve))
      since = performance.now()
    }
    yield item
  }
}
