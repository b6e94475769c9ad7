import { type Anatomy, anatomyOf } from './anatomy.ts'
import { type Attempt, type Found, keyIdsOf, openToken } from './open-token.ts'
import type { PastedCookie } from './pasted.ts'
import { type Shown, showRecord } from './record.ts'

/** Names that a session cookie has unless the application gives it another. */
export const USUAL_NAMES = ['__Host-session', '__Secure-session', 'session'] as const

/** All that can be told about one pasted cookie. */
export interface Inspection {
  readonly cookie: PastedCookie
  readonly anatomy: Anatomy
  /** Undefined where there is nothing to open: the value is no token. */
  readonly found: Found | undefined
  readonly session: Shown | undefined
  /** Which secret it was, counted from the newest, 1. */
  readonly secret: number | undefined
  /** The key ids that would have opened it, under each name that was tried. */
  readonly keyIds: ReturnType<typeof keyIdsOf>
}

/** `names` of the attempt are used where the cookie came without one. */
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
