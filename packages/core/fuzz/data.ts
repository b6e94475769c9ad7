import { SessionDataError } from '../src/base/errors.ts'
import { decodeObject, encodeObject } from '../src/record/encode.ts'
import { anyObject } from './anything.ts'
import { mutated } from './mutation.ts'
import { isSame } from './same.ts'
import { Finding, type Target } from './target.ts'

const SIGNS = [
  '"',
  '$',
  '{',
  '}',
  '[',
  ']',
  ':',
  ',',
  '\\',
  '0',
  '-',
  'n',
  '$date',
  '"$map":',
  '\ud800',
] as const

/** Session data as text is read back unchanged, or rejected with its path; and no text makes the reader throw. */
export const data: Target = {
  name: 'data',
  prepare: () => (choices) => {
    const given = anyObject(choices)
    const text = textOf(given)
    if (text === undefined) return
    const kept = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
    const read = decodeObject(text)?.data ?? {}
    if (!isSame(read, kept)) throw new Finding('comes back as another', text)
    if (textOf(read) !== text) throw new Finding('has another text the second time', text)
    const damaged = decodeObject(mutated(text, choices, SIGNS))
    if (damaged !== undefined && textOf(damaged.data) === undefined)
      throw new Finding('reads what it could not write', text)
  },
}

function textOf(object: object): string | undefined {
  try {
    return encodeObject(object)
  } catch (error) {
    if (error instanceof SessionDataError) return undefined
    throw error
  }
}
