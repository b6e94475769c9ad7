import { isEncrypted } from './connection.ts'
import { type AnyRequest, headerOf } from './messages.ts'

const INSECURE = "cookie: { insecure: process.env.NODE_ENV !== 'production' }"

/**
 * The likely reason why a client does not send the session's cookie back, and the fix. Pure.
 *
 * @param isSecure Whether the cookie has `Secure`.
 */
export function unreturnedBecause(request: AnyRequest, isSecure: boolean): string {
  const site = headerOf(request, 'sec-fetch-site')
  if (site === 'cross-site')
    return "The request comes from a page of another site, so browsers omit SameSite=Lax cookies. To allow it, set cookie: { sameSite: 'none', partitioned: true }, serve https, and let the page fetch with credentials: 'include'."
  if (site === 'same-site')
    return "The request comes from a page of another port or host, whose fetch sends cookies only with credentials: 'include'."
  const agent = String(headerOf(request, 'user-agent') ?? '')
  const isPlain = isSecure && !isEncrypted(request) && headerOf(request, 'x-forwarded-proto') !== 'https'
  if (isPlain && isSafari(agent))
    return `Safari sends no Secure cookie over plain http, not even to localhost (WebKit bug 281149). For development set ${INSECURE}, or serve https.`
  if (isPlain && !agent.startsWith('Mozilla/'))
    return `The agents of supertest and chai-http send no Secure cookie over plain http; for tests with them set ${INSECURE}, or use createClient of @keepsake/testing/client. A client without a cookie jar, such as fetch, sends none at all.`
  return 'The client may block or not store cookies, or request another path or host than cookie: { path, domain }.'
}

/** Every browser on iOS is WebKit too; Chromium's user agent contains Safari for compatibility. */
const isSafari = (agent: string): boolean =>
  agent.includes('AppleWebKit/') && !/Chrom(?:e|ium)\/|Edg(?:e|A)?\//.test(agent)
