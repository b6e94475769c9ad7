import type { Sessions } from '@keepsake/core'

/** The session with which a test begins. */
export interface CookieForOptions {
  /** Who is logged in. Default: anonymous. */
  readonly subject?: string
  /** Whether it survives closing the browser. Default false. */
  readonly permanent?: boolean
}

/**
 * The `Cookie` header of a browser that already has this session, so that a test needs no request to log in:
 *
 * ```ts
 * const cookie = await cookieFor(sessions, { cart: ['A1'] }, { subject: 'ada' })
 * await fetch(`${origin}/account`, { headers: { cookie } })
 * ```
 *
 * It is valid like any browser's: sealed by `sessions`, or kept in their store, and subject to their time limits.
 *
 * @throws {TypeError} for an empty session, because no browser has a cookie for one.
 * @throws the errors of closing a visit: data that cannot be saved, a cookie that is too large, a store that fails.
 */
export async function cookieFor<D>(
  sessions: Sessions<D>,
  data: Partial<D>,
  { subject, permanent }: CookieForOptions = {},
): Promise<string> {
  const visit = await sessions.open(undefined)
  if (subject !== undefined) visit.session.login(subject)
  if (permanent !== undefined) visit.session.permanent = permanent
  Object.assign(visit.session, data)
  const headers = await visit.close()
  // Lines before it may delete cookies of former definitions.
  const line = headers.findLast(([name]) => name === 'Set-Cookie')?.[1]
  if (line === undefined) throw new TypeError('cookieFor: a session without data and subject has no cookie')
  return line.slice(0, line.indexOf(';'))
}
