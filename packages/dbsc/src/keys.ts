import type { JWK } from 'jose'

/*
 * A public key as the record of a session holds it, which is about a hundred characters for the curve:
 *
 *   ES256   e.x.y     RS256   r.n.e
 */

/** The algorithms of the draft, and of nothing else. */
export type Algorithm = 'ES256' | 'RS256'

export const isAlgorithm = (value: unknown): value is Algorithm => value === 'ES256' || value === 'RS256'

/** A coordinate of P-256. */
const COORDINATE = /^[\w-]{43}$/
/** Moduli of 2,048 to 4,096 bits. */
const MODULUS = /^[\w-]{342,683}$/
const EXPONENT = /^[\w-]{1,8}$/

const isOf = (pattern: RegExp, value: unknown): value is string =>
  typeof value === 'string' && pattern.test(value)

/** The text of a public key; undefined for one of another kind or size, and for one that came with its private part. */
export function keyTextOf(algorithm: Algorithm, jwk: Readonly<Partial<JWK>>): string | undefined {
  const { kty, crv, x, y, n, e, d } = Object.assign<Partial<JWK>, Partial<JWK>>(Object.create(null), jwk)
  if (d !== undefined) return undefined
  if (algorithm === 'ES256')
    return kty === 'EC' && crv === 'P-256' && isOf(COORDINATE, x) && isOf(COORDINATE, y)
      ? `e.${x}.${y}`
      : undefined
  return kty === 'RSA' && isOf(MODULUS, n) && isOf(EXPONENT, e) ? `r.${n}.${e}` : undefined
}

/** The public key that a text of `keyTextOf` says, with the one algorithm that it is for. */
export function keyIn(text: string): { readonly algorithm: Algorithm; readonly jwk: JWK } {
  const [kind, first = '', second = ''] = text.split('.')
  return kind === 'e'
    ? { algorithm: 'ES256', jwk: { kty: 'EC', crv: 'P-256', x: first, y: second } }
    : { algorithm: 'RS256', jwk: { kty: 'RSA', n: first, e: second } }
}
