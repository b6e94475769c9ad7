import type { Candidate } from './rounds.ts'

/** How many different inputs the work rotates over, so that nothing is measured that knows its one input by heart. */
export const INPUTS = 64

/** Takes every result, so that no compiler can leave the work out. */
let sink = 0

/** Work that is done when it returns; `run` returns anything that has a length or is a number. */
export function once<T>(name: string, inputs: readonly T[], run: (input: T) => Result): Candidate {
  const filled = filledUp(inputs)
  return {
    name,
    run(times) {
      for (let i = 0; i < times; i++) sink ^= sizeOf(run(filled[i % INPUTS] as T))
    },
  }
}

/** Work that is waited for, one at a time: what a single request feels. */
export function serial<T>(name: string, inputs: readonly T[], run: (input: T) => Promise<Result>): Candidate {
  const filled = filledUp(inputs)
  return {
    name,
    async run(times) {
      for (let i = 0; i < times; i++) sink ^= sizeOf(await run(filled[i % INPUTS] as T))
    },
  }
}

const LANES = 16

/** The same work with 16 in flight: what a loaded server pays. */
export function inFlight<T>(
  name: string,
  inputs: readonly T[],
  run: (input: T) => Promise<Result>,
): Candidate {
  const filled = filledUp(inputs)
  return {
    name,
    async run(times) {
      let next = 0
      const lane = async (): Promise<void> => {
        while (next < times) sink ^= sizeOf(await run(filled[next++ % INPUTS] as T))
      }
      await Promise.all(Array.from({ length: Math.min(LANES, times) }, lane))
    },
  }
}

type Result = number | string | Uint8Array | object | undefined

function sizeOf(result: Result): number {
  if (typeof result === 'number') return result
  return typeof result === 'string' ? result.length : result === undefined ? 1 : 2
}

function filledUp<T>(inputs: readonly T[]): readonly T[] {
  if (inputs.length === 0) throw new Error('there is nothing to work on')
  return Array.from({ length: INPUTS }, (_, i) => inputs[i % inputs.length] as T)
}
