/** Blocks the event loop for at least this many milliseconds. */
export function spin(milliseconds: number): void {
  for (const end = performance.now() + milliseconds; performance.now() < end;);
}

/** The maximum number of steps of `work` between two turns of the event loop; `work` reports each step. */
export async function mostInOneTurn(work: (step: () => void) => Promise<unknown>): Promise<number> {
  let steps = 0
  let most = 0
  const turn = (): void => {
    steps = 0
    timer = setImmediate(turn)
  }
  let timer = setImmediate(turn)
  await work(() => (most = Math.max(most, ++steps)))
  clearImmediate(timer)
  return most
}
