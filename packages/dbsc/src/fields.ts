import { parseItem, parseList, serializeList, Token } from 'structured-headers'

/** Chromium sends this instead of the draft's quoted text: a token, which may also begin with a digit. */
const BARE = /^[\w.-]+$/

/** The text in a header with a single text; undefined for anything else, for example if the header was sent twice. */
export function textIn(field: string | undefined): string | undefined {
  if (field === undefined || BARE.test(field)) return field
  const [value] = parsed(() => parseItem(field)) ?? []
  return typeof value === 'string' ? value : undefined
}

/** The tokens of a header that is a list; empty if it is not a list. */
export function tokensIn(field: string): readonly string[] {
  const items = parsed(() => parseList(field)) ?? []
  return items.flatMap(([value]) => (value instanceof Token ? value.toString() : []))
}

/** The field with a challenge for the session that a browser knows by this id. */
export const challengeField = (challenge: string, id: string): string =>
  serializeList([[challenge, new Map([['id', id]])]])

function parsed<T>(parse: () => T): T | undefined {
  try {
    return parse()
  } catch {
    return undefined
  }
}
