import { generateKeyPairSync, type JsonWebKey } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { keyTextOf } from '../src/keys.ts'
import { verifyProof } from '../src/proof.ts'
import { challengeIn, register } from './support/posts.ts'
import { createSigner, macBy, publicForms, signedBy, type Signer } from './support/proof.ts'
import { listen, setStage, visit } from './support/stage.ts'

/** The result of registering a key with this description, signed by the matching private key. */
async function registering(
  signer: Signer,
  jwk: JsonWebKey,
): Promise<readonly [status: number, events: string]> {
  const plain = setStage().browser.thief()
  const events = listen()
  const jti = challengeIn(await plain.request('/login/ada'))
  const proof = signedBy(signer, { alg: signer.alg, typ: 'dbsc+jwt', jwk }, { jti })
  const { status } = await register(plain, proof)
  expect(await visit(plain)).toMatchObject({ subject: 'ada', bound: status === 200 || 'pending' })
  return [status, events.join()]
}

const rsa = (modulusLength: number): Signer => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength })
  return { alg: 'RS256', privateKey, jwk: publicKey.export({ format: 'jwk' }) }
}

const MALFORMED = [400, 'bound_failed: malformed_proof']

describe('the key of a registration', () => {
  it.each(['ES256', 'RS256'] as const)('is rejected with its private part: %s', async (alg) => {
    const signer = createSigner(alg)
    expect(await registering(signer, signer.privateKey.export({ format: 'jwk' }))).toEqual(MALFORMED)
    expect(await registering(signer, signer.jwk)).toEqual([200, 'bound: registered'])
  })

  it.each([1024, 2040])('is rejected if it is RSA of %i bits', async (bits) => {
    const signer = rsa(bits)
    expect(await registering(signer, signer.jwk)).toEqual(MALFORMED)
  })

  it('is rejected if it is RSA of 1,024 bits after zeros that make it look longer', async () => {
    const signer = rsa(1024)
    const n = Buffer.concat([Buffer.alloc(128), Buffer.from(signer.jwk.n ?? '', 'base64url')])
    expect(await registering(signer, { ...signer.jwk, n: n.toString('base64url') })).toEqual([
      400,
      'bound_failed: forged_proof',
    ])
  })

  it.each(['P-384', 'secp256k1'])('is rejected if it is on the curve %s', async (namedCurve) => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve })
    const signer: Signer = { alg: 'ES256', privateKey, jwk: publicKey.export({ format: 'jwk' }) }
    expect(await registering(signer, signer.jwk)).toEqual(MALFORMED)
  })
})

it.each(['ES256', 'RS256'] as const)(
  'a public key for %s is never accepted as the secret of an HMAC, in any form',
  async (alg) => {
    const { jwk } = createSigner(alg)
    const key = keyTextOf(alg, jwk) ?? ''
    for (const secret of [key, ...publicForms(jwk)])
      for (const bits of [256, 384, 512] as const) {
        const proof = macBy(secret, bits, { typ: 'dbsc+jwt' }, { jti: 'c' })
        expect(await verifyProof(proof, key)).toBe('forged_proof')
      }
  },
)
