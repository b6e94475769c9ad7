import { expect, it } from 'vitest'
import { isRefused } from '../../src/codecs/outcome.ts'
import type { Stored } from '../../src/codecs/reader.ts'
import type { Reading } from '../../src/reading.ts'
import { readVectors } from '../vectors/read.ts'

type ReaderFor<K> = (keys: K) => (value: string, now: number) => Reading | Stored

/** The reading without the name of what was signed, for comparing with what a vector says. */
export function summaryOf(reading: Reading | Stored): Readonly<Record<string, unknown>> {
  const { signed: _, ...summary } = { signed: '', ...reading }
  return JSON.parse(JSON.stringify(summary)) as Record<string, unknown>
}

/** One test for each vector. */
export function itReadsAll<K>(prefix: string, readerFor: ReaderFor<K>): void {
  const files = readVectors<K>(prefix)
  it('has vectors of the genuine library', () => expect(files.length).toBeGreaterThan(0))
  for (const { madeWith, now, vectors } of files) {
    it.each(vectors.map((vector) => [vector.name, vector] as const))(
      `reads what ${madeWith} made: %s`,
      (_, { value, keys, reads }) => {
        expect(summaryOf(readerFor(keys)(value, now))).toEqual(reads)
      },
    )
  }
}

/**
 * Changes each character of one genuine value, and expects of each result that it is refused, or is the same session under the same
 * name: another spelling must not count as another cookie.
 */
export function itRefusesChanges<K>(prefix: string, readerFor: ReaderFor<K>, name: string): void {
  it('refuses a value with any of its characters changed, left out or doubled', () => {
    for (const { now, vectors } of readVectors<K>(prefix)) {
      const vector = vectors.find((vector) => vector.name === name)
      expect(vector).toBeDefined()
      if (vector === undefined) continue
      const read = readerFor(vector.keys)
      const known = read(vector.value, now)
      for (const [at, changed] of changes(vector.value)) {
        const reading = read(changed, now)
        if (!isRefused(reading)) expect(reading, `changed at ${at}`).toEqual(known)
      }
    }
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
