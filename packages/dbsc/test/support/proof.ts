import {
  createHmac,
  createPublicKey,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
  sign,
} from 'node:crypto'

/** Who signs: the device of the session, or an attacker with a key of their own. */
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

/** A JWT of exactly this header and these claims, signed as `by` signs, whatever the header says. */
export function signedBy(by: Signer, header: unknown, claims: unknown): string {
  const text = `${encoded(header)}.${encoded(claims)}`
  const key = { key: by.privateKey, dsaEncoding: 'ieee-p1363' as const }
  return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`
}

/** A JWT whose signature is an HMAC under a secret that everybody knows. */
export function macBy(
  secret: string | Buffer,
  bits: 256 | 384 | 512,
  header: object,
  claims: unknown,
): string {
  const text = `${encoded({ ...header, alg: `HS${bits}` })}.${encoded(claims)}`
  return `${text}.${createHmac(`sha${bits}`, secret).update(text).digest('base64url')}`
}

/** What an attacker may take for the secret of an HMAC: the public key, in every form that a library may hold it in. */
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
