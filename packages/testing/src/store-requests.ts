import { randomBytes } from 'node:crypto'
import { createSessions, type LifetimeOptions, type Session, type Sessions, type Store } from '@keepsake/core'
import { pass } from './store-pass.ts'

/** The session of the scenarios. */
export interface Cart {
  items: string[]
  count: number
  note: string
}

/** Long enough that no scenario fails because the machine is slow. */
export const TIME_LIMIT_MS = 120_000

/** 32 random bytes as text: the secret that the processes of one scenario share. */
export const newSecret = (): string => randomBytes(32).toString('base64url')

/** The sessions of one process of an application, over a store. */
export function openShop(
  store: Store,
  secret: string,
  now: () => number,
  lifetime?: LifetimeOptions,
): Sessions<Cart> {
  // The stage closes its stores, and the scenario decides when to sweep.
  const kept = pass(store)
  const storeTimeLimit = TIME_LIMIT_MS
  return createSessions<Cart>({ secrets: [secret], store: kept, now, storeTimeLimit, lifetime })
}

/** One request: opens the session, lets a handler change it, commits. Returns the resulting `Cookie` header. */
export async function visit(
  sessions: Sessions<Cart>,
  cookie: string | undefined,
  handler: (session: Session<Cart>) => void,
): Promise<string | undefined> {
  const opened = await sessions.open(cookie)
  handler(opened.session)
  // `save` throws if another request has ended the session.
  await opened.session.save()
  return cookieAfter(await opened.close(), cookie)
}

/** A request up to its handler; `close` commits, and returns the resulting `Cookie` header. */
export async function begin(
  sessions: Sessions<Cart>,
  cookie: string,
): Promise<{ readonly session: Session<Cart>; readonly close: () => Promise<string> }> {
  const opened = await sessions.open(cookie)
  return {
    session: opened.session,
    close: async () => cookieAfter(await opened.close(), cookie) ?? '',
  }
}

/** The `Cookie` header of a browser that had `before` and then received these headers. */
function cookieAfter(headers: readonly (readonly [string, string])[], before: string | undefined) {
  const line = headers.find(([name]) => name === 'Set-Cookie')?.[1]
  if (line === undefined) return before
  const [pair = ''] = line.split(';')
  return pair.endsWith('=') ? undefined : pair
}

/** The session data that a visitor with this cookie sees; undefined without a session. */
export async function look(sessions: Sessions<Cart>, cookie: string): Promise<Partial<Cart> | undefined> {
  const { session } = await sessions.open(cookie)
  return session.isNew ? undefined : Object.assign({}, session)
}
