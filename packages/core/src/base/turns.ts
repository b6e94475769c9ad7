/** How long work on available items may block the event loop, up to one item more. */
const HOLD_MS = 5

/**
 * Yields items one by one, and yields to the event loop whenever the work on them has blocked it for too long. Awaiting
 * a promise is not enough: an in-process store answers immediately, so nothing else would run.
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
