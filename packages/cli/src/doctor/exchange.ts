import { type Answer, ask } from './ask.ts'
import { isLoopback, isSameSite } from './browser.ts'
import type { Plan } from './plan.ts'
import { isDeletion, readSetCookie, type SetCookie } from './set-cookie.ts'

/** One request and its response. */
export interface Exchange extends Answer {
  /** The URL as the browser sees it. */
  readonly url: URL
  readonly method: string
  readonly sent: readonly SetCookie[]
  /** The cookies of its `Set-Cookie` lines. */
  readonly cookies: readonly SetCookie[]
}

export interface Asking {
  readonly url: URL
  readonly method?: string
  readonly data?: string | undefined
  readonly cookies?: readonly SetCookie[]
  readonly headers?: Readonly<Record<string, string>>
  /** The address to connect to; default: the one of the plan. */
  readonly to?: URL
}

/** @throws {UnreachableError} */
export async function exchange(plan: Plan, asking: Asking): Promise<Exchange> {
  const { url, method = 'GET', data, cookies = [], headers, to = addressOf(plan, url) } = asking
  const answer = await ask({
    to,
    path: url.pathname + url.search,
    method,
    body: data,
    takesAnyCertificate: plan.takesAnyCertificate,
    headers: {
      host: url.host,
      'user-agent': 'Mozilla/5.0 (compatible; keepsake doctor)',
      accept: 'text/html,application/json;q=0.9,*/*;q=0.8',
      ...(plan.isProxied
        ? { 'x-forwarded-proto': url.protocol.slice(0, -1), 'x-forwarded-host': url.host }
        : {}),
      ...(method === 'GET' ? {} : { origin: url.origin, 'sec-fetch-site': 'same-origin' }),
      ...(data === undefined ? {} : { 'content-type': typeOf(data) }),
      ...(cookies.length === 0 ? {} : { cookie: cookies.map(pairOf).join('; ') }),
      ...headers,
    },
  })
  const lines = valuesOf(answer, 'set-cookie')
  return { ...answer, url, method, sent: cookies, cookies: lines.map(readSetCookie) }
}

/** Other hosts of the same site are behind the same proxy, if there is one. */
function addressOf({ to, page }: Plan, url: URL): URL {
  const isBehind = page.origin !== to.origin && (url.host === page.host || isSameSite(url, page))
  return isBehind || url.host === page.host ? to : new URL(url.origin)
}

const typeOf = (data: string): string =>
  /^\s*[[{]/.test(data) ? 'application/json' : 'application/x-www-form-urlencoded'

const pairOf = ({ name, value }: SetCookie): string => `${name}=${value}`

/** All values of a header. */
export const valuesOf = ({ fields }: Pick<Answer, 'fields'>, name: string): readonly string[] =>
  fields.filter(([field]) => field === name).map(([, value]) => value)

/** A header as one text in lower case; empty without the header. */
export const headerOf = (answer: Pick<Answer, 'fields'>, name: string): string =>
  valuesOf(answer, name).join(', ').toLowerCase()

/** The cookies that a response sets, without those that it deletes. */
export const liveCookies = ({ cookies }: Exchange): readonly SetCookie[] =>
  cookies.filter((cookie) => !isDeletion(cookie))

/** The target of a redirect; undefined for other responses. */
export function locationOf(answer: Exchange): URL | undefined {
  const [location] = valuesOf(answer, 'location')
  const isRedirect = [301, 302, 303, 307, 308].includes(answer.status)
  return isRedirect && location !== undefined
    ? (URL.parse(location, answer.url.href) ?? undefined)
    : undefined
}

/** Whether the doctor may follow: within the application's own site, but not to another site's login. */
export const isOurs = (page: URL, url: URL): boolean =>
  /^https?:$/.test(url.protocol) &&
  (isSameSite(new URL(`${page.protocol}//${url.host}`), page) || (isLoopback(url) && isLoopback(page)))
