import { parseItem, parseList, serializeList, Token } from 'structured-headers'

/** What Chromium sends in place of the draft's text in quotes: a token, or what would be one but for a digit in front. */
const BARE = /^[\w.-]+$/

/** What a header of one text says; undefined for anything else, as when it came twice. */
export function textIn(field: string | undefined): string | undefined {
  if (field === undefined || BARE.test(field)) return field
  const [value] = parsed(() => parseItem(field)) ?? []
  return typeof value === 'string' ? value : undefined
}

/** The tokens of a header that is a list; none for what is no list. */
export function tokensIn(field: string): readonly string[] {
  const items = parsed(() => parseList(field)) ?? []
  return items.flatMap(([value]) => (value instanceof Token ? value.toString() : []))
}

/** A challenge for the session that a browser knows by this id. */
export const challengeField = (challenge: string, id: string): string =>
  serializeList([[challenge, new Map([['id', id]])]])

function parsed<T>(parse: () => T): T | undefined {
  try {
    return parse()
  } catch {
    return undefined
  }
}
