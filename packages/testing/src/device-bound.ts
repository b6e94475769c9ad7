import { type Client, clientBy, clientOver } from './client.ts'
import { type Skip, skippedField } from './device-bound/fields.ts'
import { type DeviceBoundEvent, DeviceSessions } from './device-bound/sessions.ts'
import type { FetchHandler } from './host.ts'
import { createJar, type Jar } from './jar.ts'
import { openFetch } from './transport-fetch.ts'
import { openHttp1 } from './transport-http1.ts'
import type { Transport } from './wire.ts'

export type { DeviceBoundEvent }

/** The options of a device-bound browser. */
export interface DeviceBoundBrowserOptions {
  /** Answers the requests instead of a server at the origin: an application over `Request` and `Response`. */
  readonly fetch?: FetchHandler
  /** The signature algorithm of its keys. Default `'ES256'`. */
  readonly algorithm?: 'ES256' | 'RS256'
  /** Its clock, in milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number
  /**
   * The number of seconds that a bound cookie must remain valid after a request. Otherwise the browser refreshes it in the
   * background, and the request does not wait. Chromium uses 120. Default 0: it refreshes only expired cookies.
   */
  readonly refreshAhead?: number
  /** The maximum number of refreshes in total; later requests are sent without a refresh. Default: no limit. */
  readonly refreshQuota?: number
}

/** A browser that, as far as a server can tell, binds sessions to a device. */
export interface DeviceBoundBrowser extends Client {
  /** Its own actions, such as registrations and refreshes, in order. */
  readonly history: readonly DeviceBoundEvent[]
  /** The identifiers of the sessions for which it has a key. */
  readonly boundSessions: readonly string[]
  /** Resolves when its work in the background is done: a registration after a login, or an early refresh. */
  settled(): Promise<void>
  /** Refreshes every session immediately, as browsers may at any time, even while another refresh is running. */
  refresh(): Promise<void>
  /** A thief's client: it has copies of the current cookies, which never expire there, and none of the keys. */
  thief(): Client
}

/**
 * A browser that handles device-bound sessions (DBSC) like Chromium: it registers a key if a response offers that, and
 * refreshes the bound cookie before a request that would be sent without it. It keeps its keys in memory, and works
 * with one origin.
 *
 * ```ts
 * const browser = createDeviceBoundBrowser('http://localhost:3000', { now: () => now })
 * await browser.request('/login', { method: 'POST' })
 * await browser.settled()
 * ```
 */
export function createDeviceBoundBrowser(
  origin: string,
  options: DeviceBoundBrowserOptions = {},
): DeviceBoundBrowser {
  const { algorithm = 'ES256', now = Date.now, refreshAhead = 0, refreshQuota = Infinity } = options
  const open = (): Transport =>
    options.fetch === undefined ? openHttp1(origin) : openFetch(origin, options.fetch)
  const clientWith = (jar: Jar): Client => clientOver(open(), origin, jar)

  const jar = createJar({ now })
  const pages = clientWith(jar)
  const background = clientWith(jar)
  const thieves: Client[] = []
  const sessions = new DeviceSessions(background, origin, { algorithm, now, refreshAhead, refreshQuota })

  const start: Client['start'] = async (path, request = {}) => {
    const url = new URL(path, origin).href
    const skips = await sessions.before(url)
    const arriving = await pages.start(path, {
      ...request,
      headers: { ...request.headers, ...naming(skips) },
    })
    sessions.after(url, arriving.fields)
    return arriving
  }
  return Object.freeze<DeviceBoundBrowser>({
    ...clientBy(start, jar),
    history: sessions.history,
    get boundSessions() {
      return sessions.identifiers
    },
    settled: () => sessions.settled(),
    refresh: () => sessions.refresh(),
    thief() {
      const thief = clientWith(jar.copy())
      thieves.push(thief)
      return thief
    },
    async close() {
      await sessions.settled()
      await Promise.all([pages, background, ...thieves].map((client) => client.close()))
    },
  })
}

const naming = (skips: readonly Skip[]): Readonly<Record<string, string>> =>
  skips.length === 0 ? {} : { 'Secure-Session-Skipped': skippedField(skips) }
