import { createSessions, memoryStore, type SessionsOptions } from '@keepsake/fetch'

/** What a session of these applications holds. */
export interface Visitor {
  visits: number
  note: string
}

const { SESSION_SECRET, SESSION_MODE = 'cookie' } = process.env

/** Where a test wants sessions to be. */
const modes: Readonly<Record<string, Partial<SessionsOptions>>> = {
  cookie: { revocation: 'none' },
  store: { store: memoryStore() },
  'failing store': { store: { ...memoryStore(), create: () => Promise.reject(new Error('no route to it')) } },
}

/** Those of all three applications. */
export const sessions = createSessions<Visitor>({ secrets: [SESSION_SECRET], ...modes[SESSION_MODE] })
