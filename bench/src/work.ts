import type { Candidate } from './rounds.ts'

/** How many different inputs the work rotates over, so that a candidate cannot be optimized for a single input. */
export const INPUTS = 64

/** Consumes every result, so that the compiler cannot eliminate the work. */
let sink = 0

/** Synchronous work; `run` returns anything that has a length or is a number. */
export function once<T>(name: string, inputs: readonly T[], run: (input: T) => Result): Candidate {
  const filled = filledUp(inputs)
  return {
    name,
    run(times) {
      for (let i = 0; i < times; i++) sink ^= sizeOf(run(filled[i % INPUTS] as T))
    },
  }
}

/** Asynchronous work, one operation at a time: the latency of a single request. */
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

/** The same work with 16 operations in flight: the cost on a loaded server. */
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
  if (inputs.length === 0) throw new Error('no inputs')
  return Array.from({ length: INPUTS }, (_, i) => inputs[i % inputs.length] as T)
}
