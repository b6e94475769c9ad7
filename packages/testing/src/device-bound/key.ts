import { generateKeyPairSync, type JsonWebKey, type KeyObject, sign } from 'node:crypto'

export type Algorithm = 'ES256' | 'RS256'

/** A browser's key for one session. */
export interface DeviceKey {
  readonly algorithm: Algorithm
  readonly publicJwk: JsonWebKey
  readonly privateKey: KeyObject
}

export function createDeviceKey(algorithm: Algorithm): DeviceKey {
  const { publicKey, privateKey } =
    algorithm === 'ES256'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: 2048 })
  return { algorithm, publicJwk: publicKey.export({ format: 'jwk' }), privateKey }
}

/** The JWT that registers a key. Its header contains the public key. */
export const registrationProof = (key: DeviceKey, challenge: string, authorization?: string): string =>
  signed(
    key,
    { alg: key.algorithm, jwk: key.publicJwk, typ: 'dbsc+jwt' },
    { ...(authorization !== undefined && { authorization }), jti: challenge },
  )

/** The JWT that answers a challenge. Like Chromium's, it contains nothing else. */
export const refreshProof = (key: DeviceKey, challenge: string): string =>
  signed(key, { alg: key.algorithm, typ: 'dbsc+jwt' }, { jti: challenge })

function signed({ privateKey }: DeviceKey, header: object, claims: object): string {
  const text = `${encoded(header)}.${encoded(claims)}`
  const signature = sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' })
  return `${text}.${signature.toString('base64url')}`
}

const encoded = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url')
