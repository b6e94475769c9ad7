import { readdirSync, readFileSync } from 'node:fs'

/** A cookie or record made by a genuine library, and the expected reading. */
export interface Vector<K> {
  readonly name: string
  readonly value: string
  readonly keys: K
  readonly reads: Readonly<Record<string, unknown>>
}

export interface Vectors<K> {
  /** The library and its version. */
  readonly madeWith: string
  /** The time at which they are read, in epoch seconds. */
  readonly now: number
  readonly vectors: readonly Vector<K>[]
}

const isOf = (prefix: string, name: string): boolean =>
  name.startsWith(`${prefix}-`) && /^\d.*\.json$/.test(name.slice(prefix.length + 1))

/** All files of vectors whose names begin so: one for each version of the library. */
export const readVectors = <K extends object = object>(prefix: string): readonly Vectors<K>[] =>
  readdirSync(import.meta.dirname)
    .filter((name) => isOf(prefix, name))
    .map((name) => JSON.parse(readFileSync(`${import.meta.dirname}/${name}`, 'utf8')) as Vectors<K>)
