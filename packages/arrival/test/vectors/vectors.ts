import { readFileSync } from 'node:fs'

/** A library's cookies, and the records in its store. */
export interface Vector {
  /** A `Cookie` header. */
  readonly cookie: string
  /** Records by their ids. */
  readonly records?: Readonly<Record<string, unknown>>
}

export interface Vectors {
  /** Epoch seconds. */
  readonly madeAt: number
  readonly versions: Readonly<Record<string, string>>
  readonly cookies: Readonly<Record<string, Vector>>
}

/** The data of the sessions in all vectors. */
export const DATA = { user: 'ada', cart: [{ title: 'Räksmörgås 📚', price: 12.5 }], seen: true }

/** The secrets of the other applications; the second one is the former secret. */
export const OLD_SECRETS = ['their own secret, as long as they like', 'the one before']

export const readVectors = (): Vectors =>
  JSON.parse(readFileSync(new URL('vectors.json', import.meta.url), 'utf8')) as Vectors
