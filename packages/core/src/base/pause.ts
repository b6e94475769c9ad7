/** The maximum pause between two attempts, which lets other processes proceed. */
const MAX_PAUSE_MS = 40

/** Random, and longer with each failed attempt, so that competing processes separate. */
export function pause(attempt: number): Promise<void> {
  const most = Math.min(MAX_PAUSE_MS, 2 ** attempt)
  return new Promise((resolve) => setTimeout(resolve, Math.random() * most))
}
