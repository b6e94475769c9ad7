import { ConfigError, shown } from '../base/errors.ts'
import { isToken } from './grammar.ts'

/** What browsers demand of a cookie whose name begins so; they drop it otherwise, without a word. */
export interface Prefix {
  /** Empty where the name has none. */
  readonly prefix: string
  readonly demands: readonly ('secure' | 'httpOnly' | 'host')[]
}

/** The longest first. rfc6265bis §4.1.3; the Http ones: draft-ietf-httpbis-layered-cookies. */
const PREFIXES: readonly Prefix[] = [
  { prefix: '__Host-Http-', demands: ['secure', 'httpOnly', 'host'] },
  { prefix: '__Host-', demands: ['secure', 'host'] },
  { prefix: '__Secure-', demands: ['secure'] },
  { prefix: '__Http-', demands: ['secure', 'httpOnly'] },
]

const NO_PREFIX: Prefix = { prefix: '', demands: [] }

export const prefixOf = (name: string): Prefix =>
  PREFIXES.find(({ prefix }) => name.startsWith(prefix)) ?? NO_PREFIX

/** Prefixes in the wrong case, and look-alikes such as `Host__` or `_Host-`: browsers would see a plain name. */
const LOOKS_LIKE_PREFIX = /^(?:_{1,2}(?:host|secure|http)[-_]|(?:host|secure|http)__)/i

/** @throws {ConfigError} unless `name` is a token and, where it looks like a prefix, exactly one. */
export function readName(name: unknown): string {
  if (typeof name !== 'string' || !isToken(name)) {
    throw new ConfigError(
      'cookie.name',
      `expected letters, digits or any of !#$%&'*+-.^_\`|~; got ${shown(name)}`,
    )
  }
  if (LOOKS_LIKE_PREFIX.test(name) && prefixOf(name) === NO_PREFIX) {
    throw new ConfigError(
      'cookie.name',
      `${shown(name)} looks like a prefix but is none; write __Host- or __Secure-`,
    )
  }
  return name
}
