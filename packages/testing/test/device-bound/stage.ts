import { expect, onTestFinished } from 'vitest'
import {
  createDeviceBoundBrowser,
  type DeviceBoundBrowser,
  type DeviceBoundBrowserOptions,
} from '../../src/device-bound.ts'
import { createHandWrittenServer, type HandWrittenServer, type ServerPlan } from './server.ts'

/** A browser, the server that it visits, and the clock of both. */
export interface Stage {
  readonly browser: DeviceBoundBrowser
  readonly server: HandWrittenServer
  /** Advances the clock by some seconds. */
  wait(seconds: number): void
  /** The browser's actions since the last call, with their reasons. */
  news(): string[]
}

export function setStage(plan: ServerPlan = {}, options: DeviceBoundBrowserOptions = {}): Stage {
  let now = 1_800_000_000_000
  const server = createHandWrittenServer(() => now, plan)
  const browser = createDeviceBoundBrowser('http://127.0.0.1', {
    fetch: server.fetch,
    now: () => now,
    ...options,
  })
  onTestFinished(() => browser.close())
  let told = 0
  return {
    browser,
    server,
    wait: (seconds) => (now += seconds * 1000),
    news() {
      const events = browser.history.slice(told)
      told = browser.history.length
      return events.map(({ type, reason }) => (reason === undefined ? type : `${type}: ${reason}`))
    },
  }
}

/** The same, with a bound session. */
export async function setBound(plan?: ServerPlan, options?: DeviceBoundBrowserOptions): Promise<Stage> {
  const stage = setStage(plan, options)
  await stage.browser.request('/login')
  await stage.browser.settled()
  expect(stage.news()).toEqual(['registered'])
  stage.server.seen.length = 0
  return stage
}
