import { ConfigError, wrongOption } from './errors.ts'
import { withoutPrototype } from './own.ts'

/** Names that users of other libraries try first, with the answer. */
const FOREIGN: Readonly<Record<string, string>> = {
  secret: 'write secrets: [secret], newest first',
  keys: 'write secrets: [key], newest first',
  password: 'write secrets: [password], newest first',
  resave: 'there is nothing to set: an unchanged session is never written',
  saveUninitialized: 'there is nothing to set: a session without data leaves nothing behind',
  rolling: 'there is nothing to set: lifetime.idle renews a session while it is used',
  unset: 'there is nothing to set: an emptied session is removed',
  name: 'write cookie: { name }',
  cookieName: 'write cookie: { name }',
  key: 'write cookie: { name }',
  maxAge: 'write lifetime: { idle, absolute, permanent }',
  ttl: 'write lifetime: { idle, absolute, permanent }',
  expires: 'write lifetime: { idle, absolute, permanent }',
  secure: 'Secure is always on; for plain http that is not localhost write cookie: { insecure: true }',
  httpOnly: 'HttpOnly is always on for the session cookie',
  sameSite: 'write cookie: { sameSite }',
}

/** A secret is longer, should one be taken for a name. */
const MAX_NAME_CHARS = 24

/**
 * Checks that `value` is an object with none but the `known` keys, or left out, and returns it with no prototype, so that
 * nothing is read from a polluted `Object.prototype`.
 *
 * @throws {ConfigError} for what is no plain object, such as a promise or a Map, whose contents would be passed over; and
 * naming the first key that is not known, with the right word where another library's is used.
 */
export function readOptions(
  option: string,
  value: unknown,
  known: readonly string[],
): Readonly<Record<string, unknown>> {
  if (value === undefined) return NONE
  if (!isPlainObject(value)) throw wrongOption(option, 'a plain object', value)
  for (const key of Object.keys(value)) {
    if (known.includes(key)) continue
    const name = key.length <= MAX_NAME_CHARS ? key : 'an option'
    const path = option === 'options' ? name : `${option}.${name}`
    const hint = Object.hasOwn(FOREIGN, key) ? FOREIGN[key] : `known are ${known.join(', ')}`
    throw new ConfigError(path, `no such option; ${hint}`)
  }
  return Object.freeze(withoutPrototype(value))
}

const NONE = Object.freeze(withoutPrototype({}))

const isPlainObject = (value: unknown): value is object =>
  Object.prototype.toString.call(value) === '[object Object]'

/** @throws {ConfigError} unless `value` is true, false or left out. */
export function readFlag(option: string, value: unknown, fallback: boolean): boolean {
  if (value === undefined) return fallback
  if (typeof value !== 'boolean') throw wrongOption(option, 'true or false', value)
  return value
}

/** @throws {ConfigError} unless `value` is a function, or left out. */
export function readFunction(option: string, value: unknown, expected = 'a function'): unknown {
  if (value === undefined || typeof value === 'function') return value
  throw wrongOption(option, expected, value)
}

/** A clock for tests, in epoch milliseconds. @throws {ConfigError} unless it is a function, or left out. */
export const readClock = (value: unknown): (() => number) =>
  (readFunction('now', value, 'a function that returns epoch milliseconds') as (() => number) | undefined) ??
  Date.now

/** @throws {ConfigError} unless `value` is one of `allowed` to the letter, or left out. */
export function readChoice<T extends string>(
  option: string,
  value: unknown,
  allowed: readonly T[],
): T | undefined {
  if (value === undefined) return undefined
  const found = allowed.find((choice) => choice === value)
  if (found === undefined) {
    throw wrongOption(option, allowed.map((choice) => `'${choice}'`).join(' or '), value)
  }
  return found
}

/** @throws {ConfigError} unless `value` is text of at most 65,535 bytes, the longest that a seal's context can name. */
export function readText(option: string, value: unknown): string {
  if (typeof value === 'string' && Buffer.byteLength(value) <= 0xff_ff) return value
  throw wrongOption(option, 'text of at most 65,535 bytes', value)
}
