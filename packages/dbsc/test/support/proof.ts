import {
  createHmac,
  createPublicKey,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
  sign,
} from 'node:crypto'

/** The signer: the device of the session, or an attacker with another key. */
export interface Signer {
  readonly alg: 'ES256' | 'RS256'
  readonly privateKey: KeyObject
  readonly jwk: JsonWebKey
}

export function createSigner(alg: Signer['alg']): Signer {
  const { privateKey, publicKey } =
    alg === 'ES256'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: 2048 })
  return { alg, privateKey, jwk: publicKey.export({ format: 'jwk' }) }
}

export const encoded = (part: unknown): string => Buffer.from(JSON.stringify(part)).toString('base64url')

/** A JWT of exactly this header and these claims, signed by `by`, whatever algorithm the header names. */
export function signedBy(by: Signer, header: unknown, claims: unknown): string {
  const text = `${encoded(header)}.${encoded(claims)}`
  const key = { key: by.privateKey, dsaEncoding: 'ieee-p1363' as const }
  return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`
}

/** A JWT whose signature is an HMAC under a public secret. */
export function macBy(
  secret: string | Buffer,
  bits: 256 | 384 | 512,
  header: object,
  claims: unknown,
): string {
  const text = `${encoded({ ...header, alg: `HS${bits}` })}.${encoded(claims)}`
  return `${text}.${createHmac(`sha${bits}`, secret).update(text).digest('base64url')}`
}

/** Possible HMAC secrets of an attacker: the public key in every form that a library may use. */
export function publicForms(jwk: JsonWebKey): readonly (string | Buffer)[] {
  const key = createPublicKey({ key: jwk, format: 'jwk' })
  return [
    key.export({ type: 'spki', format: 'pem' }),
    key.export({ type: 'spki', format: 'der' }),
    JSON.stringify(jwk),
    Buffer.from(jwk.x ?? jwk.n ?? '', 'base64url'),
    '',
  ]
}
