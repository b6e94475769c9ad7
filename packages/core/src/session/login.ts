import type { FlashMessage } from '../record/flash.ts'
import { onlyExpiries } from '../record/metadata.ts'
import { readOptionsOf } from '../base/options.ts'
import { removeData } from './draft.ts'
import { freshState, NO_STEPS, type SessionVisit } from './state.ts'

/** The data that a login keeps and adds. */
export interface LoginOptions<Key extends string = string> {
  /** Keys of the data to keep although another session begins, such as a cart. Default: none. */
  readonly keep?: readonly Key[] | undefined
  /** The device's name in a list of devices, such as `'Firefox on Linux'`. Cut after 200 characters. Default: none. */
  readonly label?: string | undefined
}

const MAX_LABEL = 200

/** Options of a login that were checked. */
interface Login {
  readonly keep: readonly string[]
  readonly label: string | undefined
}

/** @throws {TypeError} for an unknown option, a `keep` that is not a list of keys, or a label that is not text. */
export function readLogin(options: LoginOptions): Login {
  const { keep = [], label } = readOptionsOf('session.login', options, ['keep', 'label'])
  checkKeep('session.login', keep)
  if (label !== undefined && typeof label !== 'string') {
    throw new TypeError('session.login: expected a label as text')
  }
  // A label made from a browser's header may have any length, which is no reason to reject a login.
  return { keep, label: label?.slice(0, MAX_LABEL).toWellFormed() }
}

/** @throws {TypeError} that names the control, unless it is a list of keys. */
export function checkKeep(control: string, keep: unknown): asserts keep is readonly string[] {
  // A string has `includes` too, and would keep every key that is a substring of it.
  if (Array.isArray(keep) && keep.every((key) => typeof key === 'string')) return
  throw new TypeError(`${control}: keep: expected a list of keys, such as ['cart']`)
}

/**
 * Half a surrogate pair cannot be written as UTF-8: two subjects that differ in one would be the same to a store.
 *
 * @throws {TypeError}
 */
export function checkSubject(subject: unknown): asserts subject is string {
  if (typeof subject === 'string' && subject !== '' && subject.isWellFormed()) return
  throw new TypeError('session.login: expected the id of a user as text')
}

/**
 * Logs a subject in: a new sid and a new start. Of the data of an anonymous visitor or another subject, only the keys in
 * `keep` stay.
 *
 * @throws {TypeError} if `subject` is not text or is empty, `keep` is not a list of keys, or the label is not text.
 */
export function logIn(visit: SessionVisit, session: object, subject: string, options: LoginOptions): void {
  checkSubject(subject)
  const { keep, label } = readLogin(options)
  const { state, setup } = visit
  const { sid, created } = freshState(setup)
  const login = { keep: [...keep] }
  if (subject === state.subject) {
    Object.assign(state, { sid, created, label: label ?? state.label, login })
    return
  }
  const isKept = (key: string): boolean => keep.includes(key)
  removeData(session, state, keep)
  // "Remember me" that this request has set stays, whether it was set before or after the login.
  const permanent = state.permanentAsked ?? false
  const carried = { keys: login.keep, flash: state.subject === undefined }
  const flash = carried.flash ? state.flash : ownFlash(visit)
  const expiries = onlyExpiries(state.expiries, isKept)
  // Earlier changes may concern data that is not kept.
  const anew = { csrf: false, carried, login, steps: NO_STEPS, binding: undefined }
  Object.assign(state, { sid, created, subject, label, permanent, flash, expiries, ...anew })
}

/** The messages of this request, without earlier ones, which were for another subject. */
export function ownFlash({ came, state }: SessionVisit): readonly FlashMessage[] {
  const before = came?.content.flash ?? []
  return state.flash.filter(({ id }) => !before.some((message) => message.id === id))
}
