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

/** Seconds; the shortest that there is. A browser drops the cookie two seconds before it is over for the server. */
const COOKIE_AGE = 4
/** Seconds; so long after a registration requests may come without the cookie. */
const GRACE = 10

/** What a page shows. */
export interface Shown {
  readonly subject: string | null
  readonly bound: boolean | 'pending'
  readonly opened: string
}

/** A site with a login that is bound to its device. */
export interface Site {
  readonly origin: string
  /** The answers to posts that browsers make by themselves: path and status. */
  readonly posts: readonly string[]
  /**
   * Moves the server's clock, which stands otherwise, past the time of every cookie of a device that there is. That of the
   * browsers goes on, so that they drop the cookie whatever the machine's pace, and the server knows it all the same.
   */
  outlive(): void
  /** Resolves when there have been so many events of a type. */
  heard(type: SessionEvent['type'], count: number): Promise<void>
  close(): void
}

/** @param registering The origins beside the site's own that may register a key for all of its hosts. */
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
