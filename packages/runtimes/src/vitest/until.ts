/** How long what is waited for may take; then its last problem is thrown. */
const PATIENCE_MS = 60_000

/** Tries again until it does not throw. */
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
