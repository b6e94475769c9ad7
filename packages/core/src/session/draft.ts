import { expiredKeys, onlyExpiries } from '../record/metadata.ts'
import type { CarriedOver, Change } from '../record/record.ts'
import { contentIn, writeText } from '../record/text.ts'
import { freshState, type SessionState, type SessionVisit } from './state.ts'

/* A session while its handler changes it: its own properties are the data, the state has the rest. */

/** The data of a session, without keys that were removed while a handler had frozen the object. */
export function dataOf(session: object, { removed }: SessionState): object {
  return removed === undefined ? session : without(session, removed)
}

const without = (session: object, removed: ReadonlySet<string>): object =>
  Object.fromEntries(Object.entries(session).filter(([key]) => !removed.has(key)))

/** Removes a key of the data, even if the object does not permit deleting it. */
export function removeKey(session: object, state: SessionState, key: string): void {
  // A key that cannot be deleted may be set to undefined, and can then also be assigned again.
  if (Reflect.deleteProperty(session, key) || Reflect.defineProperty(session, key, UNDEFINED)) return
  state.removed = new Set(state.removed).add(key)
}

const UNDEFINED = Object.freeze({ __proto__: null, value: undefined })

/** Removes the data, except the keys to `keep`. */
export function removeData(session: object, state: SessionState, keep: readonly string[] = []): void {
  for (const key of Object.keys(session)) if (!keep.includes(key)) removeKey(session, state, key)
}

/** Ends the session: data written afterwards belongs to a new one. Works even if a handler has frozen the object. */
export function endDraft(session: object, visit: SessionVisit): void {
  endState(visit)
  removeData(session, visit.state)
}

/** Ends a session, but leaves the data that its object shows. */
export function endState({ state, setup }: SessionVisit): void {
  // A new object for each end, so that a commit distinguishes the end that it has carried out from a later one.
  const carried: CarriedOver = { keys: [], flash: false }
  Object.assign(state, freshState(setup), { carried })
}

/** The text of a record with a session's current content. */
export const draftText = (session: object, state: SessionState): string =>
  writeText(dataOf(session, state), state)

/** Makes a repeatable change. If it throws, nothing changes. */
export function updateDraft(session: object, state: SessionState, change: Change, now: number): void {
  dropExpired(session, state, now)
  const before = draftText(session, state)
  const was: Readonly<Record<string, unknown>> = { ...dataOf(session, state) }
  const data = { ...was }
  change(data)
  for (const key of Object.keys(was)) if (!Object.hasOwn(data, key)) removeKey(session, state, key)
  for (const [key, value] of Object.entries(data))
    if (!Object.hasOwn(was, key) || was[key] !== value) Object.defineProperty(session, key, propertyOf(value))
  state.steps = [...state.steps, { before, change, after: draftText(session, state) }]
}

/**
 * Starts again with this data and this state.
 *
 * @throws {TypeError} for a frozen session object, which is left unchanged.
 */
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

/**
 * Replaces the session's data by that of a record's text.
 *
 * @throws {TypeError} for a frozen session object, which is left unchanged.
 */
export function showText(session: object, state: SessionState, text: string): void {
  const content = contentIn(text)
  const { expiries } = state
  show(session, content.data)
  // An expiry may have been set for a key that has no value yet.
  const coming = onlyExpiries(expiries, (key) => !Object.hasOwn(session, key))
  state.flash = content.flash
  state.expiries = new Map([...coming, ...content.expiries])
  state.binding = content.binding
}

/** Neither runs a setter that a handler has defined, nor fails half-way. */
function show(session: object, data: object): void {
  const isOpen = Object.values(Object.getOwnPropertyDescriptors(session)).every((own) => own.configurable)
  if (!isOpen || !Object.isExtensible(session))
    throw new TypeError(
      'the session object is frozen, so changes of another request cannot be merged into it',
    )
  for (const key of Object.keys(session)) Reflect.deleteProperty(session, key)
  for (const [key, value] of Object.entries(data)) Object.defineProperty(session, key, propertyOf(value))
}

/** Without a prototype, because a descriptor is read through it, and it may be polluted. */
const propertyOf = (value: unknown): PropertyDescriptor => {
  const property = { __proto__: null, value, writable: true, enumerable: true, configurable: true }
  return property
}

/** Removes the keys that have expired since the session was opened. */
function dropExpired(session: object, state: SessionState, now: number): void {
  const expired = new Set(expiredKeys(state.expiries, now))
  if (expired.size === 0) return
  for (const key of expired) removeKey(session, state, key)
  state.expiries = onlyExpiries(state.expiries, (key) => !expired.has(key))
}
