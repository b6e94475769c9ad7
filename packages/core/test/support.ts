import { AsyncLocalStorage } from 'node:async_hooks'
import { openVisit } from '../src/adapter.ts'
import { createHash } from 'node:crypto'
import type { Session, SessionData } from '../src/session/session.ts'
import { type Sessions } from '../src/sessions/sessions.ts'
import { createSessions } from '../src/sessions/create-sessions.ts'
import type { SessionsOptions } from '../src/sessions/options.ts'
import type { Header } from '../src/visit/headers.ts'

/** A strong secret that is the same in every run. */
export const secretOf = (label: string): string => createHash('sha256').update(label).digest('base64url')

export const SECRET = secretOf('the newest')

/** Epoch seconds at which every test begins. */
export const START = 1_800_000_000

export interface Clock {
  /** Epoch milliseconds, as `createSessions` requires. */
  readonly now: () => number
  /** Epoch seconds. */
  at: number
}

export function createClock(at: number = START): Clock {
  const clock: Clock = { at, now: () => clock.at * 1000 }
  return clock
}

/** Sessions with one valid secret and a stopped clock. */
export function sessionsOf<D extends SessionData<D> = Record<string, unknown>>(
  options: Partial<SessionsOptions> = {},
): Sessions<D> {
  return createSessions<D>({ secrets: [SECRET], revocation: 'none', now: () => START * 1000, ...options })
}

/** A browser's cookie: the newest value of its name in the headers of each response. */
export interface Browser<D> {
  cookie: string | undefined
  /** The token without the cookie's name. */
  readonly token: string | undefined
  /** One request: opens, runs the handler, closes, and keeps the cookie that the response sets. */
  visit(handle?: (session: Session<D>) => unknown): Promise<readonly Header[]>
  /** One request whose result the test needs. */
  ask<T>(handle: (session: Session<D>) => T): Promise<T>
}

export function createBrowser<D>(sessions: Sessions<D>, cookie?: string): Browser<D> {
  const browser: Browser<D> = {
    cookie,
    get token() {
      return browser.cookie?.slice(sessions.cookie.name.length + 1)
    },
    async visit(handle) {
      const visit = await openVisit(sessions, browser.cookie)
      await handle?.(visit.session)
      const headers = await visit.close()
      const line = setCookie(headers)
      if (line !== undefined) {
        browser.cookie = line.includes('; Max-Age=0;') ? undefined : line.slice(0, line.indexOf(';'))
      }
      return headers
    },
    async ask(handle) {
      const visit = await openVisit(sessions, browser.cookie)
      return handle(visit.session)
    },
  }
  return browser
}

/** The `Set-Cookie` line of a response; undefined if it has none. */
export const setCookie = (headers: readonly Header[]): string | undefined =>
  headers.find(([name]) => name === 'Set-Cookie')?.[1]

/** The error that a function throws; undefined if it does not throw. */
export function thrownBy(work: () => unknown): unknown {
  try {
    work()
    return undefined
  } catch (error) {
    return error
  }
}

/** The reason of a rejected promise; undefined if it is fulfilled. */
export async function rejectionOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  )
}

/** A value that must be defined. */
export function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('expected a value')
  return value
}

const works = new AsyncLocalStorage<() => unknown>()

/**
 * Warnings are emitted on the next tick: runs `work` and returns the codes of the warnings that it caused, and no
 * others.
 */
export async function warningsOf(work: () => unknown): Promise<string[]> {
  const codes: string[] = []
  const listen = (warning: Error & { code?: string }): void => {
    if (works.getStore() === work) codes.push(warning.code ?? warning.name)
  }
  process.on('warning', listen)
  await works.run(work, work)
  await new Promise(setImmediate)
  process.off('warning', listen)
  return codes
}
