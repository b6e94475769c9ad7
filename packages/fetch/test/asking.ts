import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { memoryStore, SESSION_CHANNEL, type SessionEvent, type Sessions, type Store } from '@keepsake/core'
import { type Data, sealedModes, type SuiteMode } from '@keepsake/testing'
import { onTestFinished } from 'vitest'
import { createSessions } from '../src/index.ts'

export const SECRETS = ['a secret that is only for tests with 48 characters']

/** Every mode that an adapter must support. */
export const MODES: readonly SuiteMode[] = [
  ...sealedModes,
  {
    name: 'in a store',
    createSessions: (options) =>
      createSessions<Data>({ ...options, revocation: undefined, store: memoryStore() }),
  },
]

/** Sessions in a store that rejects writes. */
export function sessionsOnFullDisk(): Sessions<Data> {
  const store: Store = {
    ...memoryStore(),
    create: () => Promise.reject(new Error('no space left on device')),
  }
  return createSessions<Data>({ secrets: SECRETS, store })
}

/** A request for this path, with the cookie that an earlier response has set. */
export function ask(path: string, before?: Response, init?: RequestInit): Request {
  const cookie = before?.headers.getSetCookie().find((line) => line.startsWith('__Host-session='))
  const headers = new Headers(init?.headers)
  if (cookie !== undefined) headers.set('Cookie', cookie.slice(0, cookie.indexOf(';')))
  return new Request(`https://shop.example${path}`, { ...init, headers })
}

/** The session cookies that a response sets. */
export const cookiesOf = ({ headers }: Response): readonly string[] =>
  headers.getSetCookie().filter((line) => line.startsWith('__Host-session='))

/** The session events from now to the end of the test, and a function that waits for one with a reason. */
export function watch(awaited = '') {
  const reasons: string[] = []
  const { promise, resolve } = Promise.withResolvers<void>()
  const note = (event: unknown): void => {
    const { reason } = event as SessionEvent
    reasons.push(reason)
    if (reason === awaited) resolve()
  }
  subscribe(SESSION_CHANNEL, note)
  onTestFinished(() => void unsubscribe(SESSION_CHANNEL, note))
  return { reasons, seen: promise }
}
