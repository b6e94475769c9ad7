/*
 * The device that a session is bound to, as text in its record: the time of the binding, in epoch seconds in base 36,
 * and the device's public key, as the package that verifies proofs writes it:
 *
 *   binding = at ‖ '.' ‖ key
 */

/** A device's public key, and the time from which the session is bound to it. */
export interface Binding {
  readonly key: string
  /** Epoch seconds. */
  readonly at: number
}

/** Room for an RSA key of 4,096 bits. */
const MAX_KEY_CHARS = 800
/** Seven digits reach past the year 4400, and are below the last time that a record can hold. */
const BINDING = new RegExp(String.raw`^[0-9a-z]{1,7}\.[\w.-]{1,${MAX_KEY_CHARS}}$`)

/** @throws {TypeError} for a key that no record can hold. */
export function bindingOf({ key, at }: Binding): string {
  const binding = `${at.toString(36)}.${key}`
  if (isBinding(binding)) return binding
  throw new TypeError('device: expected a public key as text of letters, digits, dots and dashes')
}

/** Whether a value has the form that `bindingOf` returns. */
export const isBinding = (value: unknown): value is string => typeof value === 'string' && BINDING.test(value)

export function readBinding(binding: string): Binding {
  return { key: binding.slice(binding.indexOf('.') + 1), at: Number.parseInt(binding, 36) }
}
