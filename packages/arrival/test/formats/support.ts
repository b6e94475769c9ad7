import { expect, it } from 'vitest'
import type { Stored } from '../../src/codecs/reader.ts'
import { isRefused, type Reading } from '../../src/reading.ts'
import { readVectors } from '../vectors/read.ts'
import { fuzz, type Target } from './fuzz.ts'
import { readerFor } from './readers.ts'

/** The reading without the name of what was signed, for comparing with what a vector says. */
function summaryOf(reading: Reading | Stored): Readonly<Record<string, unknown>> {
  const { signed: _, ...summary } = { signed: '', ...reading }
  return JSON.parse(JSON.stringify(summary)) as Record<string, unknown>
}

/** One test for each vector. */
export function itReadsAll(format: string): void {
  const files = readVectors(format)
  it('has vectors of the genuine library', () => expect(files.length).toBeGreaterThan(0))
  for (const { madeWith, now, vectors } of files) {
    it.each(vectors.map((vector) => [vector.name, vector] as const))(
      `reads what ${madeWith} made: %s`,
      (_, { value, keys, reads }) => {
        expect(summaryOf(readerFor(format)(keys)(value, now))).toEqual(reads)
      },
    )
  }
}

interface Changes {
  /** What the keys of the vectors are changed by. */
  readonly otherKeys?: object
  /** What is the same for all texts that a reader takes for one. Default: the text. */
  readonly spelling?: (value: string) => string
}

/**
 * Changes each character of one genuine value, and expects of each result that it is refused, or is another spelling of the same
 * session, under the same name.
 */
export function itRefusesChanges(
  format: string,
  name: string,
  { otherKeys, spelling = String }: Changes = {},
): void {
  it('refuses a value with any of its characters changed, left out or doubled', () => {
    for (const { now, vectors } of readVectors(format)) {
      const vector = vectors.find((vector) => vector.name === name)
      expect(vector).toBeDefined()
      if (vector === undefined) continue
      const read = readerFor(format)({ ...vector.keys, ...otherKeys })
      const known = read(vector.value, now)
      for (const [at, changed] of changes(vector.value)) {
        const reading = read(changed, now)
        if (isRefused(reading)) continue
        expect(reading, `changed at ${at}`).toEqual(known)
        expect(spelling(changed), `changed at ${at}`).toBe(spelling(vector.value))
      }
    }
  })
}

/** How many values of each format are tried; `pnpm fuzz` of this package tries a million. */
const CASES = Number(process.env['CASES'] ?? 1000)

export function itWithstandsFuzzing(targets: () => readonly Target[]): void {
  it('throws at nothing that is made of genuine values, and takes none of it for another session', () => {
    const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 32))
    const { cases, accepted, findings } = fuzz(targets(), { seed, cases: CASES })
    expect(findings, `with SEED=${seed}`).toEqual([])
    expect(cases).toBe(CASES)
    // Otherwise the vectors are not those of this reader.
    expect(accepted).toBeGreaterThan(0)
  })
}

function changes(value: string): (readonly [number, string])[] {
  return Array.from(value).flatMap((character, at) => {
    const before = value.slice(0, at)
    const after = value.slice(at + 1)
    const others = ['A', 'B', '-', '.', '~', '*', '=', '%41', ' ', character + character, '', swap(character)]
    return others.filter((other) => other !== character).map((other) => [at, before + other + after] as const)
  })
}

const swap = (character: string): string =>
  character === character.toUpperCase() ? character.toLowerCase() : character.toUpperCase()
