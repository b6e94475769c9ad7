import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import {
  createSessions,
  SESSION_CHANNEL,
  type Session,
  type SessionEvent,
  type SessionsOptions,
} from '@keepsake/core'
import { deviceBound } from '@keepsake/dbsc'
import { withSession } from '@keepsake/node-http'
import type { Trusted } from './trusted.ts'

/** Seconds; the shortest allowed lifetime. A browser deletes the cookie two seconds before it expires on the server. */
const COOKIE_AGE = 4
/** Seconds after a registration in which requests may come without the cookie. */
const GRACE = 10

/** The content of a page. */
export interface Shown {
  readonly subject: string | null
  readonly bound: boolean | 'pending'
  readonly opened: string
}

/** A site whose logins are bound to the device. */
export interface Site {
  readonly origin: string
  /** The responses to POSTs that browsers send by themselves: path and status. */
  readonly posts: readonly string[]
  /**
   * Moves the server's clock, which otherwise stands still, past the expiry of every existing device cookie. The browsers'
   * clocks run normally, so they delete the cookie at their own pace, while the server already treats it as expired.
   */
  outlive(): void
  /** Resolves after this many events of a type. */
  heard(type: SessionEvent['type'], count: number): Promise<void>
  close(): void
}

/** @param registering Additional origins that may register a key for all hosts of the site. */
export async function openSite(
  host: string,
  trusted: Trusted,
  options: Partial<SessionsOptions>,
  registering: readonly string[] = [],
): Promise<Site> {
  let now = Date.now()
  const sessions = createSessions({
    now: () => now,
    secrets: ['a secret that is only for tests with 48 characters'],
    deviceBound: { cookieAge: COOKIE_AGE },
    ...options,
  })
  const device = deviceBound(sessions)
  const pages = withSession(sessions, (request, response, session) => {
    if (request.url === '/login') session.login('ada')
    if (request.url === '/logout') session.logout()
    response.setHeader('Content-Type', 'text/html')
    response.end(`<link rel="icon" href="data:,"><pre>${JSON.stringify(shown(session))}</pre>`)
  })
  const posts: string[] = []
  const server = createServer({ key: trusted.key, cert: trusted.cert }, (request, response) => {
    if (request.url === '/.well-known/device-bound-sessions') {
      response.end(JSON.stringify({ registering_origins: registering }))
      return
    }
    if (request.method === 'POST')
      response.on('finish', () => posts.push(`${request.url} ${response.statusCode}`))
    device(request, response, () => void pages(request, response))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { heard, stop } = listen()
  return {
    origin: `https://${host}:${(server.address() as AddressInfo).port}`,
    posts,
    outlive: () => void (now += (GRACE + COOKIE_AGE) * 1000),
    heard,
    close() {
      stop()
      server.close()
      server.closeAllConnections()
    },
  }
}

const shown = (session: Session): Shown => ({
  subject: session.subject ?? null,
  bound: session.bound,
  opened: session.explain().opened,
})

function listen(): Pick<Site, 'heard'> & { readonly stop: () => void } {
  const events: string[] = []
  const waiting = new Set<() => void>()
  const hear = (event: unknown): void => {
    events.push((event as SessionEvent).type)
    for (const look of waiting) look()
  }
  subscribe(SESSION_CHANNEL, hear)
  return {
    stop: () => void unsubscribe(SESSION_CHANNEL, hear),
    heard: (type, count) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (events.filter((event) => event === type).length < count) return
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
      }),
  }
}
