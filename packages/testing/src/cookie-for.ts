import type { Sessions } from '@keepsake/core'

/** Whose session a test begins with. */
export interface CookieForOptions {
  /** Who is logged in. Left out: nobody. */
  readonly subject?: string
  /** Whether it outlives the browser. Default false. */
  readonly permanent?: boolean
}

/**
 * The `Cookie` header of a browser that has this session already, so that a test needs no request to log in:
 *
 * ```ts
 * const cookie = await cookieFor(sessions, { cart: ['A1'] }, { subject: 'ada' })
 * await fetch(`${origin}/account`, { headers: { cookie } })
 * ```
 *
 * It opens what any browser's would: sealed by `sessions`, or kept in their store, and over by their limits in time.
 *
 * @throws {TypeError} for a session that would hold nothing, because no browser has a cookie of such a one.
 * @throws what closing a visit throws: data that cannot be kept, a cookie that is too large, a store that fails.
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
  // Before it may stand those that delete a cookie's former definitions.
  const line = headers.findLast(([name]) => name === 'Set-Cookie')?.[1]
  if (line === undefined) throw new TypeError('cookieFor: a session without data and subject has no cookie')
  return line.slice(0, line.indexOf(';'))
}
