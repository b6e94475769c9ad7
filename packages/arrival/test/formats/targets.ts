import { isRefused } from '../../src/reading.ts'
import { arrivalFor, lineOf, VECTORS } from '../support.ts'
import { readVectors } from '../vectors/read.ts'
import type { Target } from './fuzz.ts'
import { readerFor } from './readers.ts'

/**
 * One reader for each set of keys in the vectors of a format.
 *
 * @param otherKeys Keys that replace those of the vectors.
 */
export function readersOf(format: string, otherKeys: object = {}): readonly Target[] {
  return readVectors(format).flatMap(({ now, vectors }) => {
    const values = vectors.map(({ value }) => value)
    const byName = new Map(vectors.map(({ keys }) => [JSON.stringify(keys), keys] as const))
    return Array.from(byName.values(), (keys): Target => {
      const open = readerFor(format)({ ...keys, ...otherKeys })
      const read = (value: string): string | undefined => {
        const reading = open(value, now)
        return isRefused(reading) ? undefined : JSON.stringify(reading)
      }
      return { values, read, known: isSigned(keys) ? new Set(values.map(read)) : undefined }
    })
  })
}

function isSigned(keys: object): boolean {
  const [first] = Object.values(keys) as unknown[]
  return first !== undefined && !(Array.isArray(first) && first.length === 0)
}

/**
 * One reader for each `Cookie` header of the npm packages, with all headers that it can read. Two libraries with the same
 * secret sign alike, so a text signed by one is genuine for the other, as an id that its store does not know.
 */
export function linesOf(): readonly Target[] {
  const all = Object.entries(VECTORS.cookies)
  return all.map(([name]): Target => {
    const arrival = arrivalFor(name)
    const read = (header: string): string | undefined => firstOf(arrival.read(header, VECTORS.madeAt))
    const values = all.filter(([other]) => lineOf(other) === lineOf(name)).map(([, { cookie }]) => cookie)
    return { values, read, known: new Set(values.map(read)) }
  })
}

/** Does not use the stores: the signed text is the id. */
function firstOf(found: ReturnType<ReturnType<typeof arrivalFor>['read']>): string | undefined {
  for (const one of found) {
    if (isRefused(one)) continue
    const session = one.open()
    if (session instanceof Promise) return JSON.stringify([one.signed])
    if (!isRefused(session)) return JSON.stringify([one.signed, session])
  }
  return undefined
}
