import type { Sessions } from '../sessions/sessions.ts'
import type { CookieSource } from '../cookie/read.ts'

/** The status of a visitor's session, for a page. */
export interface SessionStatus {
  /** `'user'`: a user is logged in. `'none'`: there is no session, or it has ended. */
  readonly state: 'user' | 'anonymous' | 'none'
  /** The number of seconds until it expires if it is not used again; 0 without a session. */
  readonly expiresIn: number
}

/** The headers of the response, which is valid only now and only for this visitor. */
export const STATUS_HEADERS = Object.freeze({
  'Content-Type': 'application/json',
  'Cache-Control': 'no-store',
} as const)

/** The methods that a page may use: GET and HEAD extend nothing, POST counts as use of the session. */
export const STATUS_METHODS = 'GET, HEAD, POST'

/**
 * The status of a request's session, as JSON. Such a request does not count as use of the session.
 *
 * @throws {StoreError} when the store fails, unless `whenStoreFails` is `'anonymous'`.
 */
export async function statusText(sessions: Sessions<unknown>, source: CookieSource): Promise<string> {
  const peek = await sessions.peek(source)
  const state = peek === undefined ? 'none' : peek.subject === undefined ? 'anonymous' : 'user'
  return JSON.stringify({ state, expiresIn: peek?.secondsLeft ?? 0 } satisfies SessionStatus)
}
