import { readFileSync } from 'node:fs'

/** What a library has set, and what its store holds beside it. */
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

/** What the sessions of all vectors hold. */
export const DATA = { user: 'ada', cart: [{ title: 'Räksmörgås 📚', price: 12.5 }], seen: true }

/** Of the other applications: the second one is what they signed with before. */
export const OLD_SECRETS = ['their own secret, as long as they like', 'the one before']

export const readVectors = (): Vectors =>
  JSON.parse(readFileSync(new URL('vectors.json', import.meta.url), 'utf8')) as Vectors
