import { expiredKeys, onlyExpiries } from '../record/metadata.ts'
import { type Change, contentIn, writeText } from '../record/record.ts'
import type { SessionState } from './state.ts'

/* A session as its handler is changing it: own properties are the data, the state has the rest. */

/** The text of a record of all that a session holds now. */
export const draftText = (session: object, state: SessionState): string => writeText(session, state)

/** @throws {TypeError} when the function returns a promise. */
export function updateDraft(session: object, state: SessionState, change: Change, now: number): void {
  dropExpired(session, state, now)
  const before = draftText(session, state)
  const result: unknown = change(session as Record<string, unknown>)
  if (result instanceof Promise) throw new TypeError('session.update: the function must not be async')
  state.steps = [...state.steps, { before, change, after: draftText(session, state) }]
}

/** Begins again with this data and this state. */
export function resetDraft(
  session: object,
  state: SessionState,
  data: object,
  next: SessionState,
  now: number,
): void {
  show(session, data)
  Object.assign(state, next)
  dropExpired(session, state, now)
}

/** Shows a record's text instead of what the session held. */
export function showText(session: object, state: SessionState, text: string): void {
  const content = contentIn(text)
  const { expiries } = state
  show(session, content.data)
  // An end may have been set for a key that is still to come.
  const coming = onlyExpiries(expiries, (key) => !Object.hasOwn(session, key))
  state.flash = content.flash
  state.expiries = new Map([...coming, ...content.expiries])
}

function show(session: object, data: object): void {
  for (const key of Object.keys(session)) Reflect.deleteProperty(session, key)
  Object.assign(session, data)
}

/** Lets go of the keys that have expired since the session was opened. */
function dropExpired(session: object, state: SessionState, now: number): void {
  const expired = new Set(expiredKeys(state.expiries, now))
  if (expired.size === 0) return
  for (const key of expired) Reflect.deleteProperty(session, key)
  state.expiries = onlyExpiries(state.expiries, (key) => !expired.has(key))
}
