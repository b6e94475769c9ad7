import { mutated } from './mutations.ts'
import { createRandom } from '../../../testing/src/store-random.ts'

/** Somebody who reads cookies. */
export interface Target {
  /** Genuine ones, which this one takes or not. */
  readonly values: readonly string[]
  /** What is made of genuine ones. Undefined where nothing is signed: an id alone and a record can be anybody's. */
  readonly known: ReadonlySet<string | undefined> | undefined
  /** What it makes of a value, with the name of what was signed; undefined for what it refuses. */
  readonly read: (value: string) => string | undefined
}

export interface Fuzzed {
  readonly cases: number
  /** How many of them were another spelling of what a genuine library has signed. */
  readonly accepted: number
  readonly findings: readonly string[]
}

const MOST_FINDINGS = 10

/**
 * Has values read that are made of genuine ones. What is taken has to come to what a genuine value comes to: the same data under the
 * same name. Where nothing is signed, nothing can be forged, and it is enough that nothing throws.
 */
export function fuzz(
  targets: readonly Target[],
  { seed, cases }: { readonly seed: number; readonly cases: number },
): Fuzzed {
  const random = createRandom(seed)
  const findings: string[] = []
  let accepted = 0
  for (let number = 0; number < cases && findings.length < MOST_FINDINGS; number++) {
    const target = random.pick(targets)
    const value = mutated(random, random.pick(target.values), target.values)
    try {
      const reading = target.read(value)
      if (reading === undefined) continue
      accepted++
      if (target.known?.has(reading) === false) findings.push(`forged: ${value}`)
    } catch (error) {
      findings.push(`throws ${String(error)}: ${value}`)
    }
  }
  return { cases, accepted, findings }
}
