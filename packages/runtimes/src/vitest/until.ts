/** How long to wait for a condition; then its last error is thrown. */
const PATIENCE_MS = 60_000

/** Retries until it does not throw. */
export async function until<T>(work: () => T): Promise<Awaited<T>> {
  const end = performance.now() + PATIENCE_MS
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (performance.now() > end) throw error
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
}
