import type { JWK } from 'jose'

/*
 * A public key as a session's record contains it, in about a hundred characters for ES256:
 *
 *   ES256   e.x.y     RS256   r.n.e
 */

/** The algorithms of the draft; no others are accepted. */
export type Algorithm = 'ES256' | 'RS256'

export const isAlgorithm = (value: unknown): value is Algorithm => value === 'ES256' || value === 'RS256'

/** A coordinate of P-256. */
const COORDINATE = /^[\w-]{43}$/
/** Moduli of 2,048 to 4,096 bits. */
const MODULUS = /^[\w-]{342,683}$/
const EXPONENT = /^[\w-]{1,8}$/

const isOf = (pattern: RegExp, value: unknown): value is string =>
  typeof value === 'string' && pattern.test(value)

/** The text of a public key; undefined for a key of another kind or size, or one with its private part. */
export function keyTextOf(algorithm: Algorithm, jwk: Readonly<Partial<JWK>>): string | undefined {
  const { kty, crv, x, y, n, e, d } = Object.assign<Partial<JWK>, Partial<JWK>>(Object.create(null), jwk)
  if (d !== undefined) return undefined
  if (algorithm === 'ES256')
    return kty === 'EC' && crv === 'P-256' && isOf(COORDINATE, x) && isOf(COORDINATE, y)
      ? `e.${x}.${y}`
      : undefined
  return kty === 'RSA' && isOf(MODULUS, n) && isOf(EXPONENT, e) ? `r.${n}.${e}` : undefined
}

/** The public key in a text of `keyTextOf`, with its only algorithm. */
export function keyIn(text: string): { readonly algorithm: Algorithm; readonly jwk: JWK } {
  const [kind, first = '', second = ''] = text.split('.')
  return kind === 'e'
    ? { algorithm: 'ES256', jwk: { kty: 'EC', crv: 'P-256', x: first, y: second } }
    : { algorithm: 'RS256', jwk: { kty: 'RSA', n: first, e: second } }
}
