import { type Sealer, sealerOf } from './crypto/seal.ts'
import { readSecrets, type SecretsOption } from './crypto/secrets.ts'
import { contextOf, MAX_TOKEN_CHARS } from './crypto/token.ts'
import { readChoice, readOptions, readText } from './base/options.ts'
import { createRandomPool } from './base/random.ts'

export { parseJson } from './base/json.ts'
export type { Opened, Sealer } from './crypto/seal.ts'
export type { UnopenedReason } from './base/reasons.ts'
export { type Secret, type SecretsOption, splitSecrets } from './crypto/secrets.ts'
export type { SealedFields } from './crypto/token.ts'

export interface SealerOptions {
  /** Newest first: the first seals, all open. */
  readonly secrets: SecretsOption
  /** The purpose of the tokens: values of a cookie, or a store's records. Default `'cookie'`. */
  readonly purpose?: 'cookie' | 'store' | undefined
  /** The cookie's full name, such as `__Host-session`. */
  readonly name: string
  /** Separates the tokens of two applications that share a secret. Default: none. */
  readonly audience?: string | undefined
}

/**
 * The token format of Keepsake, for other services and tools that read or write its tokens:
 * XAES-256-GCM under keys that HKDF-SHA-256 derives for one purpose, cookie name and audience.
 *
 * @throws {ConfigError} for weak, repeated or missing secrets, and for a name that is not text.
 */
export function createSealer(options: SealerOptions): Sealer {
  const checked = readOptions('options', options, ['secrets', 'purpose', 'name', 'audience'])
  const purpose = readChoice('purpose', checked['purpose'], ['cookie', 'store']) ?? 'cookie'
  const name = readText('name', checked['name'])
  const context = contextOf(purpose, name, readText('audience', checked['audience'] ?? ''))
  const secrets = readSecrets('secrets', checked['secrets'])
  return sealerOf(secrets, context, MAX_TOKEN_CHARS[purpose], createRandomPool())
}
