import { type Answer, ask } from './ask.ts'
import { isLoopback, isSameSite } from './browser.ts'
import type { Plan } from './plan.ts'
import { isDeletion, readSetCookie, type SetCookie } from './set-cookie.ts'

/** One request and its answer. */
export interface Exchange extends Answer {
  /** As the browser addresses it. */
  readonly url: URL
  readonly method: string
  readonly sent: readonly SetCookie[]
  /** What its `Set-Cookie` lines say. */
  readonly cookies: readonly SetCookie[]
}

export interface Asking {
  readonly url: URL
  readonly method?: string
  readonly data?: string | undefined
  readonly cookies?: readonly SetCookie[]
  readonly headers?: Readonly<Record<string, string>>
  /** Default: where the plan says. */
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

/** Other hosts of the same site stand behind the same proxy, where there is one. */
function addressOf({ to, page }: Plan, url: URL): URL {
  const isBehind = page.origin !== to.origin && (url.host === page.host || isSameSite(url, page))
  return isBehind || url.host === page.host ? to : new URL(url.origin)
}

const typeOf = (data: string): string =>
  /^\s*[[{]/.test(data) ? 'application/json' : 'application/x-www-form-urlencoded'

const pairOf = ({ name, value }: SetCookie): string => `${name}=${value}`

/** A header's lines. */
export const valuesOf = ({ fields }: Pick<Answer, 'fields'>, name: string): readonly string[] =>
  fields.filter(([field]) => field === name).map(([, value]) => value)

/** A header as one text, in lower case; empty without it. */
export const headerOf = (answer: Pick<Answer, 'fields'>, name: string): string =>
  valuesOf(answer, name).join(', ').toLowerCase()

/** The cookies that an answer means to leave. */
export const liveCookies = ({ cookies }: Exchange): readonly SetCookie[] =>
  cookies.filter((cookie) => !isDeletion(cookie))

/** Where a redirect leads; undefined for another answer. */
export function locationOf(answer: Exchange): URL | undefined {
  const [location] = valuesOf(answer, 'location')
  const isRedirect = [301, 302, 303, 307, 308].includes(answer.status)
  return isRedirect && location !== undefined
    ? (URL.parse(location, answer.url.href) ?? undefined)
    : undefined
}

/** Whether the doctor may go there: to the application's own site, and not to the login of somebody else. */
export const isOurs = (page: URL, url: URL): boolean =>
  /^https?:$/.test(url.protocol) &&
  (isSameSite(new URL(`${page.protocol}//${url.host}`), page) || (isLoopback(url) && isLoopback(page)))
