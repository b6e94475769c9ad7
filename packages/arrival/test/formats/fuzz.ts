import { mutated } from './mutations.ts'
import { createRandom } from '../../../testing/src/store-random.ts'

/** A reader of cookies. */
export interface Target {
  /** Genuine values, which this reader may or may not accept. */
  readonly values: readonly string[]
  /** The readings of genuine values. Undefined if the values are not signed, such as a mere id or a record. */
  readonly known: ReadonlySet<string | undefined> | undefined
  /** The reading of a value, with its signed text; undefined for a rejected value. */
  readonly read: (value: string) => string | undefined
}

export interface Fuzzed {
  readonly cases: number
  /** How many of them were accepted, as another spelling of a genuine value. */
  readonly accepted: number
  readonly findings: readonly string[]
}

const MOST_FINDINGS = 10

/**
 * Reads random changes of genuine values. An accepted value must have the same data and the same signed text as a genuine
 * one. If a format is not signed, it is enough that the reader does not throw.
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
