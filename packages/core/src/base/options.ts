import { ConfigError, describeType, wrongOption } from './errors.ts'
import { isPromise, withoutPrototype } from './own.ts'

/** Option names of other libraries, each with its counterpart. */
const FOREIGN: Readonly<Record<string, string>> = {
  secret: 'write secrets: [secret], newest first',
  keys: 'write secrets: [key], newest first',
  password: 'write secrets: [password], newest first',
  resave: 'not needed: an unchanged session is never saved',
  saveUninitialized: 'not needed: a session without data is never saved',
  rolling:
    'lifetime.idle slides by itself; for a permanent session write lifetime: { permanent: { idle, absolute } }',
  unset: 'not needed: a session without data is deleted',
  name: 'write cookie: { name }',
  cookieName: 'write cookie: { name }',
  key: 'write cookie: { name }',
  maxAge: 'write lifetime: { idle, absolute, permanent }',
  ttl: 'write lifetime: { idle, absolute, permanent }',
  expires: 'write lifetime: { idle, absolute, permanent }',
  secure:
    'Secure is always on; for plain http in development write cookie: { insecure: process.env.NODE_ENV !== "production" }',
  httpOnly: 'HttpOnly is always on for the session cookie',
  sameSite: 'write cookie: { sameSite }',
}

/** Secrets are longer, in case one is mistaken for a name. */
const MAX_NAME_CHARS = 24

/**
 * Checks that `value` is undefined or an object with only `known` keys, and returns it without a prototype, so that
 * nothing is read from a polluted `Object.prototype`.
 *
 * @throws {ConfigError} unless it is a plain object, because the contents of a promise or a Map would be ignored; and
 * naming the first unknown key, with its counterpart if it is another library's.
 */
export function readOptions(
  option: string,
  value: unknown,
  known: readonly string[],
): Readonly<Record<string, unknown>> {
  return ownOptions(value, known, (key, problem) => {
    if (key === undefined && option === 'options')
      return new ConfigError(option, `${problem}; write { ${known[0]}: … }`)
    const path = key === undefined ? option : option === 'options' ? nameOf(key) : `${option}.${nameOf(key)}`
    const hint =
      key !== undefined && Object.hasOwn(FOREIGN, key) ? `unknown option; ${FOREIGN[key]}` : problem
    return new ConfigError(path, hint)
  })
}

/** Reads the options of a control. @throws {TypeError} naming the control. */
export function readOptionsOf(
  control: string,
  value: unknown,
  known: readonly string[],
): Readonly<Record<string, unknown>> {
  return ownOptions(value, known, (key, problem) => {
    return new TypeError(`${key === undefined ? control : `${control}: ${nameOf(key)}`}: ${problem}`)
  })
}

const nameOf = (key: string): string => (key.length <= MAX_NAME_CHARS ? key : 'an option')

function ownOptions(
  value: unknown,
  known: readonly string[],
  errorOf: (key: string | undefined, problem: string) => Error,
): Readonly<Record<string, unknown>> {
  if (value === undefined) return NONE
  if (!isPlainObject(value)) throw errorOf(undefined, `expected a plain object, got ${describeType(value)}`)
  const unknown = Object.keys(value).find((key) => !known.includes(key))
  if (unknown !== undefined) throw errorOf(unknown, `unknown option; known options: ${known.join(', ')}`)
  return Object.freeze(withoutPrototype(value))
}

const NONE = Object.freeze(withoutPrototype({}))

const isPlainObject = (value: unknown): value is object =>
  Object.prototype.toString.call(value) === '[object Object]'

/** @throws {ConfigError} unless `value` is true, false or undefined. */
export function readFlag(option: string, value: unknown, fallback: boolean): boolean {
  if (value === undefined) return fallback
  if (typeof value !== 'boolean') throw wrongOption(option, 'true or false', value)
  return value
}

/** @throws {ConfigError} unless `value` is a function or undefined. */
export function readFunction(option: string, value: unknown, expected = 'a function'): unknown {
  if (value === undefined || typeof value === 'function') return value
  throw wrongOption(option, expected, value)
}

/**
 * Reads the option `now`, a clock in epoch milliseconds; the clock throws a TypeError if it returns anything else.
 *
 * @throws {ConfigError} unless it is a function or undefined.
 */
export function readClock(value: unknown): () => number {
  const given = readFunction('now', value, 'a function that returns epoch milliseconds')
  if (given === undefined) return Date.now
  const clock = given as () => unknown
  return () => {
    const time = clock()
    if (!isPromise(time) && typeof time === 'number') return time
    throw new TypeError(`now: expected epoch milliseconds, got ${describeType(time)}`)
  }
}

/** @throws {ConfigError} unless `value` is exactly one of `allowed`, or undefined. */
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

/** @throws {ConfigError} unless `value` is text of at most 65,535 bytes, the maximum in a seal's context. */
export function readText(option: string, value: unknown): string {
  if (typeof value === 'string' && Buffer.byteLength(value) <= 0xff_ff) return value
  throw wrongOption(option, 'text of at most 65,535 bytes', value)
}
