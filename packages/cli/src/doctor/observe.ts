import { UnreachableError } from './ask.ts'
import { type Exchange, exchange, liveCookies } from './exchange.ts'
import type { Plan } from './plan.ts'
import type { SetCookie } from './set-cookie.ts'
import { type Visit, visit } from './visit.ts'

/** All requests to the application, with their responses. */
export interface Observations {
  readonly plan: Plan
  /** The first visit of a new browser, which starts the session. */
  readonly first: Visit
  /** The second visit of the same browser. */
  readonly again: Visit
  /** The cookies of the first visit, sent several times, even where a browser would not send them. */
  readonly repeated: readonly Exchange[]
  /** Requests without cookies to the page that shows the session, one before and one after the repeated requests. */
  readonly strangers: readonly Exchange[]
  /** A URL that does not exist. */
  readonly nowhere: Exchange | undefined
  /** If no cookie was set: the first request again with the headers of an https proxy or, with `--proxy`, without them. */
  readonly otherwise: Exchange | undefined
  /** A request from a page of another origin, with the cookies. */
  readonly crossOrigin: Exchange | undefined
  readonly preflight: Exchange | undefined
  /** A request to the other node with the cookies of the first visit. */
  readonly node: Exchange | undefined
}

/** Enough for four processes behind a round-robin balancer. */
const TIMES = 8

/** @throws {UnreachableError} if the application does not respond. */
export async function observe(plan: Plan): Promise<Observations> {
  const { page, write } = plan
  const first = await visit(plan, write, [])
  const again = await visit(plan, { url: page }, first.jar)
  const cookies = lastOfEach([...first.exchanges, ...again.exchanges].flatMap(liveCookies))
  const begun = lastOfEach(first.exchanges.flatMap(liveCookies))
  const sent = begun.length === 0 ? cookies : begun
  const stranger = await exchange(plan, { url: page })
  const repeated =
    sent.length === 0 ? [] : await inTurn(TIMES, () => exchange(plan, { url: page, cookies: sent }))
  const origin = plan.origin ?? new URL('https://elsewhere.example')
  const asked = { origin: origin.origin, 'sec-fetch-mode': 'cors', 'sec-fetch-site': 'cross-site' }
  return {
    plan,
    first,
    again,
    repeated,
    strangers: [stranger, await exchange(plan, { url: page })],
    nowhere: await orNothing(exchange(plan, { url: new URL('/keepsake-doctor-asks-for-nothing', page) })),
    otherwise: cookies.length === 0 ? await orNothing(otherwise(plan)) : undefined,
    crossOrigin: await orNothing(exchange(plan, { url: page, cookies: sent, headers: asked })),
    preflight: plan.origin === undefined ? undefined : await orNothing(preflight(plan, asked)),
    node:
      plan.node === undefined ? undefined : await exchange(plan, { url: page, cookies: sent, to: plan.node }),
  }
}

function otherwise(plan: Plan): Promise<Exchange> {
  const isProxied = !plan.isProxied
  const url = new URL(plan.write.url)
  url.protocol = isProxied ? 'https:' : plan.to.protocol
  const { method, data } = plan.write
  return exchange({ ...plan, isProxied }, { url, method, data, to: plan.to })
}

const preflight = (plan: Plan, headers: Readonly<Record<string, string>>): Promise<Exchange> =>
  exchange(plan, {
    url: plan.page,
    method: 'OPTIONS',
    headers: {
      ...headers,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type',
    },
  })

async function inTurn<T>(times: number, act: () => Promise<T>): Promise<readonly T[]> {
  const results: T[] = []
  for (let n = 0; n < times; n++) results.push(await act())
  return results
}

/** An additional request that may fail. */
async function orNothing<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked
  } catch (error) {
    if (error instanceof UnreachableError) return undefined
    throw error
  }
}

const lastOfEach = (cookies: readonly SetCookie[]): readonly SetCookie[] => [
  ...new Map(cookies.map((cookie) => [cookie.name, cookie])).values(),
]
