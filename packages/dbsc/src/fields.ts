import { parseItem, parseList, serializeList, Token } from 'structured-headers'

/** What a header of one text says; undefined for anything else, as when it came twice. Chromium writes a token where it can. */
export function textIn(field: string | undefined): string | undefined {
  const [value] = parsed(() => parseItem(field ?? '')) ?? []
  return value instanceof Token ? value.toString() : typeof value === 'string' ? value : undefined
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
