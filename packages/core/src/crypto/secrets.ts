import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto'
import { ConfigError, describeType, wrongOption } from '../base/errors.ts'

/** A key that only the server knows: text, encoded as UTF-8, or bytes. At least 32 random bytes. */
export type Secret = string | Uint8Array

/**
 * Secrets, newest first, as a list or as one text separated by commas, as `keepsake secret --rotate` writes
 * an environment variable: such a variable can be passed directly, or in a list.
 */
export type SecretsOption = string | readonly (Secret | undefined)[] | undefined

const MIN_BYTES = 32
const MIN_VARIETY = 16
const HOW_TO = 'generate one with: npx keepsake secret'
const IS_IT_SET = `is the environment variable set? Otherwise ${HOW_TO}`

/**
 * Values and phrases from the documentation of session libraries and from tutorials, in lower case without punctuation.
 * An application that starts with one of them has a key that is public.
 */
const PUBLISHED = [
  'keyboardcat',
  'changeme',
  'changethis',
  'replaceme',
  'yoursecret',
  'mysecret',
  'supersecret',
  'topsecret',
  'notsosecret',
  'secretkeyhere',
  'sessionsecret',
  'complexpassword',
  'characterslong',
  'lengthof32',
  'atleast32',
  'biggerthanthirtytwo',
  'passwordpassword',
  'secretsecret',
  '2gyz3gdw3lhzqkdhpmpdl3sjrevrxpr8',
  '80d42cfb1cd2462c8f17e3237d9027e9',
  '192b9bdd22ab9ed4d12e236c78afcb9a393ec15f71bbf5dc987d54727823bcbf',
]

/** The secrets in a text, newest first. A randomly generated secret has no comma. */
export const splitSecrets = (text: string): readonly string[] => text.split(',').map((part) => part.trim())

/**
 * Checks the secrets and wraps them, so that no inspection, log or error can show them (R57, R58, R60, R62).
 *
 * @throws {ConfigError} if there is none, or if one is short, repetitive, published, or listed twice.
 */
export function readSecrets(option: string, value: unknown): Secrets {
  const given: unknown = typeof value === 'string' ? [value] : value
  if (!Array.isArray(given)) {
    const problem = `expected secrets, newest first, as a list or as text with commas, got ${describeType(given)}`
    throw new ConfigError(option, `${problem}; ${value === undefined ? IS_IT_SET : HOW_TO}`)
  }
  const each = given.flatMap<unknown>((secret: unknown) =>
    typeof secret === 'string' ? splitSecrets(secret) : [secret],
  )
  const nameOf = (index: number): string =>
    given === value || each.length > 1 ? `${option}[${index}]` : option
  const [newest, ...older] = each.map((secret: unknown, index) => readSecret(nameOf(index), secret))
  if (newest === undefined) throw new ConfigError(option, `at least one secret is needed; ${HOW_TO}`)
  const keys: [KeyObject, ...KeyObject[]] = [newest, ...older]
  for (const [index, key] of keys.entries()) {
    const first = keys.findIndex((other) => other.equals(key))
    if (first < index) throw new ConfigError(nameOf(index), `is the same secret as ${nameOf(first)}`)
  }
  return Object.freeze(keys)
}

function readSecret(option: string, secret: unknown): KeyObject {
  if (secret === undefined || secret === '') {
    throw new ConfigError(option, `is empty; ${IS_IT_SET}`)
  }
  if (typeof secret !== 'string' && !(secret instanceof Uint8Array)) {
    throw wrongOption(option, 'text or bytes', secret)
  }
  const bytes = typeof secret === 'string' ? Buffer.from(secret, 'utf8') : Buffer.from(secret)
  if (bytes.length < MIN_BYTES) {
    throw new ConfigError(
      option,
      `every secret must be at least ${MIN_BYTES} bytes long, this one has ${bytes.length}; ${HOW_TO}`,
    )
  }
  if (isPublished(bytes)) throw new ConfigError(option, `this value is published in documentation; ${HOW_TO}`)
  if (variety(bytes) < MIN_VARIETY) {
    throw new ConfigError(
      option,
      `has fewer than ${MIN_VARIETY} different characters, so it is not a random key; ${HOW_TO}`,
    )
  }
  return createSecretKey(bytes)
}

function isPublished(bytes: Buffer): boolean {
  const plain = bytes
    .toString('latin1')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '')
  return PUBLISHED.some((phrase) => plain.includes(phrase))
}

/** How many different symbols a secret has; the symbols of 32 bytes or more in hexadecimal are the bytes it spells. */
function variety(bytes: Buffer): number {
  const text = bytes.toString('latin1')
  const isHex = text.length >= 2 * MIN_BYTES && /^(?:[0-9a-f]{2})+$/i.test(text)
  return new Set(isHex ? Buffer.from(text, 'hex') : bytes).size
}

/** Secrets that were checked, newest first. */
export type Secrets = readonly [KeyObject, ...KeyObject[]]

/** The use of a derived key: a key for one use opens nothing that was made for another (R61). */
export type KeyUse =
  | 'key'
  | 'kid'
  | 'log'
  | 'subject'
  | 'revoked'
  | 'arrived'
  | 'arrival'
  | 'sign'
  | 'csrf'
  | 'device'

const LABEL = 'keepsake/v1'

/** HKDF-SHA-256 (RFC 5869) of a secret, bound to its use and to a context (see `contextOf` in the sealer). */
export function derive(secret: KeyObject, use: KeyUse, context: Uint8Array, length: number): Buffer {
  const info = Buffer.concat([Buffer.from(use, 'utf8'), context])
  return Buffer.from(hkdfSync('sha256', secret, LABEL, info, length))
}
