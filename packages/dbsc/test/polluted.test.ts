import { expect, it } from 'vitest'
import { verifyRegistration } from '../src/proof.ts'
import { createSigner, signedBy } from './support/proof.ts'

const device = createSigner('ES256')
const { x, ...rest } = device.jwk
const HEADER = { alg: 'ES256', typ: 'dbsc+jwt' }

/** The result of some work while Object.prototype has this field. */
async function polluted<T>(name: string, value: unknown, work: () => Promise<T>): Promise<T> {
  const prototype = Object.prototype as Record<string, unknown>
  prototype[name] = value
  try {
    return await work()
  } finally {
    Reflect.deleteProperty(prototype, name)
  }
}

it.each([
  ['its key', 'jwk', device.jwk, HEADER, { jti: 'c' }],
  ['its algorithm', 'alg', 'ES256', { typ: HEADER.typ, jwk: device.jwk }, { jti: 'c' }],
  ['half of its key', 'x', x, { ...HEADER, jwk: rest }, { jti: 'c' }],
  ['its challenge', 'jti', 'c', { ...HEADER, jwk: device.jwk }, {}],
])(
  'a proof without %s is rejected, even if Object.prototype has it',
  async (_, name, value, header, claims) => {
    const proof = signedBy(device, header, claims)
    expect(await polluted(name, value, () => verifyRegistration(proof))).toBe('malformed_proof')
  },
)
