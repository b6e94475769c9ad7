import { createSessions, memoryStore, type SessionsOptions } from '@keepsake/fetch'

/** The session data of these applications. */
export interface Visitor {
  visits: number
  note: string
}

const { SESSION_SECRET, SESSION_MODE = 'cookie' } = process.env

/** The session modes for the tests. */
const modes: Readonly<Record<string, Partial<SessionsOptions>>> = {
  cookie: { revocation: 'none' },
  store: { store: memoryStore() },
  'failing store': { store: { ...memoryStore(), create: () => Promise.reject(new Error('no route to it')) } },
}

/** The sessions of all three applications. */
export const sessions = createSessions<Visitor>({ secrets: [SESSION_SECRET], ...modes[SESSION_MODE] })
