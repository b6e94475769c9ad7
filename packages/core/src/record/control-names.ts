import { SessionDataError } from '../base/errors.ts'

/** The controls of a session: no key of its data has such a name. A test holds them against the class. */
export const CONTROL_NAMES: ReadonlySet<string> = new Set([
  'bound',
  'clear',
  'createdAt',
  'csrfToken',
  'destroy',
  'expire',
  'expiresAt',
  'explain',
  'flash',
  'id',
  'isChanged',
  'isFresh',
  'isNew',
  'label',
  'login',
  'logout',
  'permanent',
  'pop',
  'regenerate',
  'reload',
  'save',
  'subject',
  'take',
  'update',
  'verifyCsrf',
  'watch',
])

/** Whether data has a control's name as a key: written by a version that had no such control, or by a setter that went past it. */
export function hasControlName(data: object | undefined): boolean {
  // Every session comes through here: a list of its keys would be thrown away.
  for (const key in data) if (CONTROL_NAMES.has(key) && Object.hasOwn(data, key)) return true
  return false
}

/** @throws {SessionDataError} for data that was defined under a control's name: it would be dropped when it is opened. */
export function checkKeys(session: object): void {
  if (!hasControlName(session)) return
  const key = Object.keys(session).find((name) => CONTROL_NAMES.has(name)) ?? ''
  throw new SessionDataError(
    key,
    'has the name of a control of the session; keep the data under another name',
  )
}
