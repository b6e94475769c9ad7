import { memoryStore } from '../src/store/memory-store.ts'
import type { SessionsOptions } from '../src/sessions/options.ts'
import type { StandardSchema } from '../src/base/schema.ts'
import { type Browser, createBrowser, sessionsOf } from './support.ts'

/** Where records live: creates the options of a server; several servers may share the records. */
export const PLACES: readonly [string, () => Partial<SessionsOptions>][] = [
  ['in their cookies', () => ({})],
  [
    'in their cookies, with a revocation list',
    () => ({ revocation: { ...memoryStore(), isVolatile: false } }),
  ],
  ['in a store', () => ({ store: memoryStore(), revocation: undefined })],
  ['in either', () => ({ overflow: memoryStore() })],
]

/** A server's options for its data; any of them may be wrong. */
export interface Shaping {
  readonly schema?: unknown
  readonly version?: unknown
  readonly migrate?: unknown
}

/** Servers of different versions over the same records. */
export function createServers(options: Partial<SessionsOptions>) {
  return (shaping: Shaping = {}, more: Partial<SessionsOptions> = {}) =>
    sessionsOf({ ...options, ...more, ...(shaping as object) })
}

/** A browser in whose session a server has written this data. */
export async function browserWith(
  sessions: ReturnType<ReturnType<typeof createServers>>,
  data: object,
  subject?: string,
): Promise<Browser<Record<string, unknown>>> {
  const browser = createBrowser(sessions)
  await browser.visit((session) => {
    if (subject !== undefined) session.login(subject)
    Object.assign(session, data)
  })
  return browser
}

/** The data of a session, the reason for its state, and the result of closing it. */
export const seen = (browser: Browser<Record<string, unknown>>): Promise<[object, string, string]> =>
  browser.ask((session) => {
    const { opened, closes } = session.explain()
    return [JSON.parse(JSON.stringify(session)) as object, opened, closes]
  })

/** A minimal schema whose results `validate` returns. */
export const schemaOf = (validate: (value: unknown) => unknown): StandardSchema<Record<string, unknown>> => ({
  '~standard': { version: 1, vendor: 'test', validate: validate as never },
})
