import { fieldOf, type ProofRefusal } from '@keepsake/core/adapter'
import { decodeProtectedHeader, importJWK, jwtVerify } from 'jose'
import { isAlgorithm, keyIn, keyTextOf } from './keys.ts'

/** A proof with a valid signature of this key. Its challenge has not been checked. */
export interface Proof {
  readonly key: string
  /** The challenge. */
  readonly jti: string
}

/** A longer proof is rejected unread. With an RSA key of 4,096 bits, a proof has about 2,000 characters. */
const MAX_CHARS = 4096

/** Verifies a proof by the key of a session. Never throws. */
export async function verifyProof(proof: string, key: string): Promise<Proof | ProofRefusal> {
  if (proof.length > MAX_CHARS) return 'malformed_proof'
  const { algorithm, jwk } = keyIn(key)
  try {
    const imported = await importJWK(jwk, algorithm)
    const { payload } = await jwtVerify(proof, imported, { algorithms: [algorithm], typ: 'dbsc+jwt' })
    const jti = fieldOf(payload, 'jti')
    return typeof jti === 'string' ? { key, jti } : 'malformed_proof'
  } catch {
    return 'forged_proof'
  }
}

/** Verifies a registration's proof by the key that the proof contains. Never throws. */
export async function verifyRegistration(proof: string): Promise<Proof | ProofRefusal> {
  const key = proof.length > MAX_CHARS ? undefined : keyOf(proof)
  return key === undefined ? 'malformed_proof' : verifyProof(proof, key)
}

function keyOf(proof: string): string | undefined {
  try {
    const header = decodeProtectedHeader(proof)
    const [alg, jwk] = [fieldOf(header, 'alg'), fieldOf(header, 'jwk')]
    return isAlgorithm(alg) && typeof jwk === 'object' ? keyTextOf(alg, jwk) : undefined
  } catch {
    return undefined
  }
}
