import { SessionDataError } from '../base/errors.ts'

/** The controls of a session: no key of its data has such a name. A test compares them with the class. */
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

/** Whether data has a control's name as a key: written by a version without this control, or by defining the property. */
export function hasControlName(data: object | undefined): boolean {
  // Every session runs this code, so it creates no list of keys.
  for (const key in data) if (CONTROL_NAMES.has(key) && Object.hasOwn(data, key)) return true
  return false
}

/** @throws {SessionDataError} for data under a control's name, which would be dropped when the session is opened. */
export function checkKeys(session: object): void {
  if (!hasControlName(session)) return
  const key = Object.keys(session).find((name) => CONTROL_NAMES.has(name)) ?? ''
  throw new SessionDataError(key, 'is the name of a session control; store the data under another name')
}
