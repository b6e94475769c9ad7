/** Holds the event loop for so many milliseconds, or longer on a machine that has other work. */
export function spin(milliseconds: number): void {
  for (const end = performance.now() + milliseconds; performance.now() < end;);
}

/** The most steps that `work` takes between two turns of the event loop; it tells each of them. */
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
