import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto'
import { ConfigError } from '@keepsake/core'

/** A secret of the previous application, in its own form: text, encoded as UTF-8, or bytes; of any length. */
export type ForeignSecret = string | Uint8Array

/** One secret, or several in any order: a cookie signed with any of them is accepted. */
export type ForeignSecrets = ForeignSecret | readonly (ForeignSecret | undefined)[] | undefined

/** @throws {ConfigError} if there is no secret, or one is empty, or neither text nor bytes. */
export function readForeignSecrets(option: string, given: unknown): readonly KeyObject[] {
  if (!Array.isArray(given)) return [readForeignSecret(option, given)]
  if (given.length === 0) throw new ConfigError(option, 'expected the secret of the previous application')
  return given.map((secret, index) => readForeignSecret(`${option}[${index}]`, secret))
}

/** @throws {ConfigError} if it is empty, or neither text nor bytes. */
export function readForeignSecret(option: string, secret: unknown): KeyObject {
  const isSecret = typeof secret === 'string' || secret instanceof Uint8Array
  if (isSecret && secret.length > 0) return createSecretKey(Buffer.from(secret))
  throw new ConfigError(
    option,
    'expected the secret of the previous application; is the environment variable set?',
  )
}

export type Encoding = 'base64' | 'base64url'

/** Whether one of the keys has signed the text: its HMAC in base64 without padding, in that spelling only. */
export function isSignedBy(
  keys: readonly KeyObject[],
  algorithm: string,
  encoding: Encoding,
  text: string,
  signature: string,
): boolean {
  const given = Buffer.from(signature)
  const isBy = (key: KeyObject): boolean => {
    const digest = createHmac(algorithm, key).update(text).digest(encoding)
    const own = Buffer.from(digest.replace(/=+$/, ''))
    return own.length === given.length && timingSafeEqual(own, given)
  }
  return keys.some(isBy)
}
