import { allowedOrigins } from './allowed-origins.ts'
import { readFlag, readOptions } from '../base/options.ts'

/** What the cross-origin guard of every adapter takes. */
export interface CrossOriginGuardOptions {
  /**
   * Origins that may send requests besides our own, such as `https://admin.example.com`: without a path and without
   * wildcards. Name the public origin here where a proxy changes the `Host` header; `X-Forwarded-Host` is not trusted.
   */
  readonly origins?: readonly string[] | undefined
  /**
   * Whether every request that may change something must bring the session's token too (`session.csrfToken()`), in the
   * header `X-CSRF-Token` or in the field `_csrf` of a body that was parsed before. Never in the query. Default: false.
   */
  readonly token?: boolean | undefined
}

/** The same, read and checked. */
export interface GuardRules {
  readonly origins: ReadonlySet<string>
  readonly token: boolean
}

/** @throws {ConfigError} for an option that is unknown or wrong. */
export function readGuardRules(given: CrossOriginGuardOptions): GuardRules {
  const options = readOptions('options', given, ['origins', 'token'])
  const { origins = [] } = options
  return Object.freeze<GuardRules>({
    origins: allowedOrigins(origins as readonly string[]),
    token: readFlag('token', options['token'], false),
  })
}
