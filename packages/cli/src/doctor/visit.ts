import { type Browser, CHROME } from './browser.ts'
import { type Exchange, exchange, headerOf, isOurs, locationOf } from './exchange.ts'
import { cookiesFor, type Jar, take } from './jar.ts'
import type { Plan } from './plan.ts'

/** A page visit as a browser makes it: with its cookies, following redirects. */
export interface Visit {
  readonly exchanges: readonly Exchange[]
  /** The browser's cookies afterwards. */
  readonly jar: Jar
  /** Why the visit ended before it reached a page. */
  readonly stopped: 'loop' | 'elsewhere' | undefined
}

const MAX_REDIRECTS = 10

/** @throws {UnreachableError} if even the first request gets no response. */
export async function visit(
  plan: Plan,
  {
    url,
    method = 'GET',
    data,
  }: { readonly url: URL; readonly method?: string; readonly data?: string | undefined },
  before: Jar,
): Promise<Visit> {
  const exchanges: Exchange[] = []
  let jar = before
  let next: { url: URL; method: string; data: string | undefined } = { url, method, data }
  for (;;) {
    const answer = await exchange(plan, { ...next, cookies: cookiesFor(jar, next.url, CHROME) })
    exchanges.push(answer)
    jar = taken(jar, answer, CHROME)
    const to = locationOf(answer)
    if (to === undefined) return { exchanges, jar, stopped: undefined }
    if (!isOurs(plan.page, to)) return { exchanges, jar, stopped: 'elsewhere' }
    if (exchanges.length > MAX_REDIRECTS) return { exchanges, jar, stopped: 'loop' }
    const isRepeated = answer.status === 307 || answer.status === 308
    next = isRepeated ? { ...next, url: to } : { url: to, method: 'GET', data: undefined }
  }
}

export function taken(jar: Jar, answer: Exchange, browser: Browser): Jar {
  const isCleared = /"(?:cookies|\*)"/.test(headerOf(answer, 'clear-site-data'))
  return take(isCleared ? [] : jar, isCleared ? [] : answer.cookies, answer.url, {
    browser,
    now: answer.receivedAt,
  })
}

/** The response that the browser displays. */
export function pageIn({ exchanges }: Pick<Visit, 'exchanges'>): Exchange {
  const last = exchanges.at(-1)
  if (last === undefined) throw new RangeError('a visit has at least one exchange')
  return last
}
