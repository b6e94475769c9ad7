import { ConfigError, wrongOption } from '../base/errors.ts'

/**
 * The character classes of cookies, each with the rule that it comes from.
 *
 * cookie-name  = 1*token                               (rfc6265bis §4.1.1; token: RFC 9110 §5.6.2)
 * cookie-octet = %x21 / %x23-2B / %x2D-3A / %x3C-5B / %x5D-7E    (no blank, quote, comma, semicolon, backslash)
 * av-octet     = %x20-3A / %x3C-7E                     (no control, no semicolon)
 *
 * The optional double quotes around a cookie-value are left out on purpose: servers disagree about whether they belong
 * to the value.
 */
export const isToken = (text: string): boolean => /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(text)
export const isCookieValue = (text: string): boolean => /^[!#-+\--:<-[\]-~]*$/.test(text)
export const isAttributeValue = (text: string): boolean => /^[!-:<-~](?:[ -:<-~]*[!-:<-~])?$/.test(text)

/** <subdomain> of RFC 1034 §3.5 with RFC 1123 §2.1: labels of letters, digits and inner hyphens. */
export const isDomain = (text: string): boolean =>
  text.length <= 253 &&
  text.split('.').every((label) => /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/.test(label))

/** The browsers' rules for a cookie whose name begins like this, in any case; otherwise they silently drop it. */
export interface Prefix {
  /** Empty if the name has none. */
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
  PREFIXES.find(({ prefix }) => name.toLowerCase().startsWith(prefix.toLowerCase())) ?? NO_PREFIX

/**
 * Prefixes in another case, which older browsers treat as plain names, and look-alikes such as `Host__` or
 * `_Host-`.
 */
const LOOKS_LIKE_PREFIX = /^(?:_{1,2}(?:host|secure|http)[-_]|(?:host|secure|http)__)/i

/** @throws {ConfigError} unless `name` is a token, and has a correct prefix if it seems to have one. */
export function readName(name: unknown): string {
  if (typeof name !== 'string' || !isToken(name)) {
    throw wrongOption('cookie.name', "letters, digits or any of !#$%&'*+-.^_`|~", name)
  }
  if (LOOKS_LIKE_PREFIX.test(name) && !PREFIXES.some(({ prefix }) => name.startsWith(prefix))) {
    const right = prefixOf(name).prefix || '__Host- or __Secure-'
    throw new ConfigError('cookie.name', `looks like a prefix, but browsers know only ${right}`)
  }
  return name
}
