import type { Committed } from '../modes/mode.ts'
import type { Cookie } from '../cookie/cookie.ts'
import { MAX_AGE_LIMIT } from '../base/time.ts'

/** A response header that closing a visit asks for. `Cache-Control` yields to one of the application that is as strict. */
export type Header = readonly [
  name: 'Set-Cookie' | 'Vary' | 'Cache-Control' | 'Clear-Site-Data',
  value: string,
]

const VARY: Header = Object.freeze(['Vary', 'Cookie'])
const NO_STORE: Header = Object.freeze(['Cache-Control', 'no-store'])
/** The handler has looked at the session, so the response depends on the cookie. */
export const LOOKED: readonly Header[] = Object.freeze([VARY])

/** The response changes the cookie, so no cache may store it. */
export const withCookie = (line: string): readonly Header[] => [['Set-Cookie', line], VARY, NO_STORE]

/** What a commit asks of the response; undefined where the cookie stays as it is. `now` tells epoch seconds. */
export function headersAfter(
  { record, value }: Pick<Committed, 'record' | 'value'>,
  cookie: Cookie,
  now: () => number,
): readonly Header[] | undefined {
  if (record === undefined) return withCookie(cookie.clear())
  if (value === undefined) return undefined
  const options = record.permanent !== false ? { maxAge: maxAgeOf(record.expires - now()) } : undefined
  return withCookie(cookie.write(value, options))
}

/** A session that is past the limit it was just given ends with this response: its cookie goes at once. */
const maxAgeOf = (remaining: number): number => Math.min(Math.max(remaining, 0), MAX_AGE_LIMIT)
