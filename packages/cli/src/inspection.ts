import { type Anatomy, anatomyOf } from './anatomy.ts'
import { type Attempt, type Found, keyIdsOf, openToken } from './open-token.ts'
import type { PastedCookie } from './pasted.ts'
import { type Shown, showRecord } from './record.ts'

/** The default names of a session cookie. */
export const USUAL_NAMES = ['__Host-session', '__Secure-session', 'session'] as const

/** The result of inspecting one pasted cookie. */
export interface Inspection {
  readonly cookie: PastedCookie
  readonly anatomy: Anatomy
  /** Undefined if the value is not a token. */
  readonly found: Found | undefined
  readonly session: Shown | undefined
  /** Which secret it was, counted from the newest, 1. */
  readonly secret: number | undefined
  /** The key ids that would have opened it, under each tried name. */
  readonly keyIds: ReturnType<typeof keyIdsOf>
}

/** The attempt's `names` are used if the cookie has no name. */
export function inspect(cookie: PastedCookie, given: Attempt, now: number): Inspection {
  const anatomy = anatomyOf(cookie.value)
  const nothing = { cookie, anatomy, found: undefined, session: undefined, secret: undefined, keyIds: [] }
  if (anatomy.kind !== 'token') return nothing
  const attempt = { ...given, names: cookie.name === undefined ? given.names : [cookie.name] }
  const found = openToken(cookie.value, attempt)
  const keyIds = keyIdsOf(attempt)
  const session = found.ok && 'fields' in found ? showRecord(found.fields, attempt.purpose, now) : undefined
  const tried = found.ok ? keyIds.find(({ name }) => name === found.name) : undefined
  const secret = tried && tried.keyIds.indexOf(anatomy.keyId) + 1
  return { ...nothing, found, session, secret, keyIds }
}
