import { createChoices, seedOfCase } from './choices.ts'
import type { Target } from './target.ts'

/** The limits of a run: it ends at the first one that it reaches. */
export interface Budget {
  readonly seed: number
  readonly cases: number
  readonly seconds: number
}

/** The result of a run. A finding has the seed that repeats its case. */
export interface Outcome {
  readonly cases: number
  readonly finding?: { readonly seed: number; readonly message: string } | undefined
}

/** The number of cases between two checks of the clock. */
const CASES_PER_LOOK = 64

/** Runs cases until the budget is used up, or one finds something. Every error that a case throws is a finding. */
export function run(target: Target, { seed, cases, seconds }: Budget): Outcome {
  const runCase = target.prepare()
  const end = performance.now() + seconds * 1000
  let done = 0
  while (done < cases && (done % CASES_PER_LOOK !== 0 || performance.now() < end)) {
    const own = seedOfCase(seed, done)
    try {
      runCase(createChoices(own))
    } catch (error) {
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
      return { cases: done, finding: { seed: own, message } }
    }
    done++
  }
  return { cases: done }
}
