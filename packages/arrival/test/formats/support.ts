import { expect, it } from 'vitest'
import type { Stored } from '../../src/codecs/reader.ts'
import { isRefused, type Reading } from '../../src/reading.ts'
import { readVectors } from '../vectors/read.ts'
import { fuzz, type Target } from './fuzz.ts'
import { readerFor } from './readers.ts'

/** The reading without its signed text, for comparison with a vector. */
function summaryOf(reading: Reading | Stored): Readonly<Record<string, unknown>> {
  const { signed: _, ...summary } = { signed: '', ...reading }
  return JSON.parse(JSON.stringify(summary)) as Record<string, unknown>
}

/** One test for each vector. */
export function itReadsAll(format: string): void {
  const files = readVectors(format)
  it('has vectors made by the genuine library', () => expect(files.length).toBeGreaterThan(0))
  for (const { madeWith, now, vectors } of files) {
    it.each(vectors.map((vector) => [vector.name, vector] as const))(
      `is read correctly if made by ${madeWith}: %s`,
      (_, { value, keys, reads }) => {
        expect(summaryOf(readerFor(format)(keys)(value, now))).toEqual(reads)
      },
    )
  }
}

interface Changes {
  /** Keys that replace those of the vectors. */
  readonly otherKeys?: object
  /** Maps texts that a reader treats as equal to one text. Default: the text itself. */
  readonly spelling?: (value: string) => string
}

/**
 * Changes each character of one genuine value. Each result must be rejected, or be another spelling of the same session with
 * the same signed text.
 */
export function itRefusesChanges(
  format: string,
  name: string,
  { otherKeys, spelling = String }: Changes = {},
): void {
  it('is rejected if any of its characters is changed, omitted or doubled', () => {
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

/** The number of tried values for each format; `pnpm fuzz` of this package tries a million. */
const CASES = Number(process.env['CASES'] ?? 1000)

export function itWithstandsFuzzing(targets: () => readonly Target[]): void {
  it('is never accepted with other content after random changes, and no change causes an exception', () => {
    const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 32))
    const { cases, accepted, findings } = fuzz(targets(), { seed, cases: CASES })
    expect(findings, `with SEED=${seed}`).toEqual([])
    expect(cases).toBe(CASES)
    // Otherwise the vectors do not belong to this reader.
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
