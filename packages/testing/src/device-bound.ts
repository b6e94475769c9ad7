import { type Client, clientBy, clientOver } from './client.ts'
import { type Skip, skippedField } from './device-bound/fields.ts'
import { type DeviceBoundEvent, DeviceSessions } from './device-bound/sessions.ts'
import type { FetchHandler } from './host.ts'
import { createJar, type Jar } from './jar.ts'
import { openFetch } from './transport-fetch.ts'
import { openHttp1 } from './transport-http1.ts'
import type { Transport } from './wire.ts'

export type { DeviceBoundEvent }

/** What kind of browser it is, and whom it asks. */
export interface DeviceBoundBrowserOptions {
  /** Answers the requests instead of a server at the origin: an application over `Request` and `Response`. */
  readonly fetch?: FetchHandler
  /** What its keys sign with. Default `'ES256'`. */
  readonly algorithm?: 'ES256' | 'RS256'
  /** Its clock, in milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number
  /**
   * Seconds that a bound cookie has to last beyond a request; otherwise it is refreshed beside the request, which does
   * not wait. Chromium takes 120. Default 0: a refresh only where the cookie is over.
   */
  readonly refreshAhead?: number
  /** How many refreshes it allows itself in all; beyond them requests go without. Default: no limit. */
  readonly refreshQuota?: number
}

/** A browser that binds sessions to a device, as far as a server can tell. */
export interface DeviceBoundBrowser extends Client {
  /** What it has done of its own accord, in order. */
  readonly history: readonly DeviceBoundEvent[]
  /** Identifiers of the sessions that it holds a key for. */
  readonly boundSessions: readonly string[]
  /** Resolves when what it does in the background is done: a registration that a login has offered, a refresh ahead. */
  settled(): Promise<void>
  /** Refreshes every session at once, as browsers may at any time, and beside a refresh that is under way. */
  refresh(): Promise<void>
  /** A client with copies of the cookies that are here now, whose age it does not heed, and without the keys: whoever has stolen them. */
  thief(): Client
}

/**
 * A browser that does what Chromium does with device-bound sessions (DBSC): it registers a key where an answer offers it,
 * and refreshes the bound cookie before a request that would go without. Its keys are in memory. It knows one origin.
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
