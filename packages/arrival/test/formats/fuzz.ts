import { isRefused } from '../../src/reading.ts'
import { readVectors, type Vector } from '../vectors/read.ts'
import { mutated } from './mutations.ts'
import { createRandom } from './random.ts'
import { readerFor } from './readers.ts'

export interface Fuzzed {
  readonly cases: number
  /** How many of them were another spelling of what a genuine library has signed. */
  readonly accepted: number
  readonly findings: readonly string[]
}

type Known = ReadonlySet<string>

/**
 * Reads values that are made of genuine ones. What the reader accepts has to be what it makes of a genuine value: the same data under the
 * same name. Where nothing is signed, nothing can be forged, and it is enough that nothing throws.
 */
export function fuzz(
  format: string,
  otherKeys: object,
  { seed, cases }: { readonly seed: number; readonly cases: number },
): Fuzzed {
  const random = createRandom(seed)
  const files = readVectors(format).map(({ now, vectors }) => {
    const readers = readersOf(format, vectors, otherKeys, now)
    return { now, vectors, readers, values: vectors.map(({ value }) => value) }
  })
  const findings: string[] = []
  let accepted = 0
  for (let number = 0; number < cases && findings.length < 10; number++) {
    const { now, vectors, readers, values } = random.pick(files)
    const { keys } = random.pick(vectors)
    const { read, known } = readers.get(nameOf(keys)) ?? {}
    if (read === undefined || known === undefined) continue
    const value = mutated(random, random.pick(values), values)
    try {
      const reading = read(value, now)
      if (isRefused(reading)) continue
      accepted++
      if (isSigned(keys) && !known.has(JSON.stringify(reading))) findings.push(`forged: ${value}`)
    } catch (error) {
      findings.push(`throws ${String(error)}: ${value}`)
    }
  }
  return { cases, accepted, findings }
}

const nameOf = (keys: object): string => JSON.stringify(keys)

/** An id that is not signed, and a record, can be anybody's. */
const isSigned = (keys: object): boolean => {
  const [first] = Object.values(keys) as unknown[]
  return first !== undefined && !(Array.isArray(first) && first.length === 0)
}

interface KnownReader {
  readonly read: ReturnType<ReturnType<typeof readerFor>>
  readonly known: Known
}

/** One reader for all vectors with the same keys, and what it makes of the genuine values. */
function readersOf(
  format: string,
  vectors: readonly Vector<object>[],
  otherKeys: object,
  now: number,
): ReadonlyMap<string, KnownReader> {
  const byKeys = new Map(vectors.map(({ keys }) => [nameOf(keys), { ...keys, ...otherKeys }] as const))
  return new Map(
    Array.from(byKeys, ([name, keys]) => {
      const read = readerFor(format)(keys)
      const known = new Set(vectors.map(({ value }) => JSON.stringify(read(value, now))))
      return [name, { read, known }] as const
    }),
  )
}
