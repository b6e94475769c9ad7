import { SESSION_CHANNEL, type Sessions, type SessionEvent, type SessionsOptions } from '@keepsake/core'
import type { Client } from '@keepsake/testing'
import {
  createDeviceBoundBrowser,
  type DeviceBoundBrowser,
  type DeviceBoundBrowserOptions,
} from '@keepsake/testing/device-bound'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { expect, onTestFinished } from 'vitest'
import { type Clock, createClock, type Data, fetchApp, sessionsOf, type Shown } from './app.ts'

export const ORIGIN = 'https://shop.test'

/** A browser, the application that it visits, and the clock of both. */
export interface Stage {
  readonly clock: Clock
  readonly sessions: Sessions<Data>
  readonly browser: DeviceBoundBrowser
  /** The POSTs that browsers have sent by themselves, with the responses. */
  readonly posts: readonly { readonly path: string; readonly status: number; readonly body: string }[]
  /** Replaces the application. */
  deploy(sessions: Sessions<Data>): void
  wait(seconds: number): void
  /** The browser's actions since the last call. */
  news(): readonly string[]
}

export function setStage(
  options: Partial<SessionsOptions> = {},
  browserOptions: DeviceBoundBrowserOptions = {},
): Stage {
  const clock = createClock()
  const sessions = sessionsOf(clock, options)
  let app = fetchApp(sessions)
  const posts: Stage['posts'][number][] = []
  const browser = createDeviceBoundBrowser(ORIGIN, {
    async fetch(request) {
      const response = await app(request)
      const { pathname: path } = new URL(request.url)
      if (path.startsWith('/.session'))
        posts.push({ path, status: response.status, body: await response.clone().text() })
      return response
    },
    now: clock.now,
    ...browserOptions,
  })
  onTestFinished(() => browser.close())
  let told = 0
  return {
    clock,
    sessions,
    browser,
    posts,
    deploy: (others) => void (app = fetchApp(others)),
    wait: (seconds) => void (clock.at += seconds),
    news() {
      const events = browser.history.slice(told)
      told = browser.history.length
      return events.map(({ type, reason }) => (reason === undefined ? type : `${type}: ${reason}`))
    },
  }
}

/** The same, with a bound login. */
export async function setBound(
  options?: Partial<SessionsOptions>,
  browserOptions?: DeviceBoundBrowserOptions,
): Promise<Stage> {
  const stage = setStage(options, browserOptions)
  await visit(stage.browser, '/login/ada')
  await stage.browser.settled()
  expect(stage.news()).toEqual(['registered'])
  return stage
}

/** What a page shows to a client. */
export async function visit(
  client: Client,
  path = '/',
  headers: Readonly<Record<string, string>> = {},
): Promise<Shown> {
  const { text } = await client.request(path, { headers })
  return JSON.parse(text) as Shown
}

/** A thief who sends the current cookies even after a browser would have dropped them. */
export function thiefOf(browser: DeviceBoundBrowser): (path?: string) => Promise<Shown> {
  const thief = browser.thief()
  const cookie = thief.jar.cookieFor(ORIGIN)
  return (path) => visit(thief, path, { Cookie: cookie })
}

/** The events of device-bound sessions from now on, as `type: reason`. */
export function listen(): readonly string[] {
  const heard: string[] = []
  const hear = (event: unknown): void => {
    const { type, reason } = event as SessionEvent
    if (type.startsWith('bound')) heard.push(`${type}: ${reason}`)
  }
  subscribe(SESSION_CHANNEL, hear)
  onTestFinished(() => void unsubscribe(SESSION_CHANNEL, hear))
  return heard
}
