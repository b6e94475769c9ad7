import type { Forgers } from './forger.ts'
import { encoded, macBy, publicForms, signedBy } from './proof.ts'

/** Forgeries of the signature, the algorithm or the key. */
export const SIGNATURE_FORGERS: Forgers = {
  'a bit of one part is flipped': ({ genuine, random }) => {
    const parts = genuine.split('.').map((part) => Buffer.from(part, 'base64url'))
    const part = random.pick(parts)
    const at = random.below(part.length)
    part[at] = (part[at] ?? 0) ^ (1 << random.below(8))
    return parts.map((bytes) => bytes.toString('base64url')).join('.')
  },
  'it is truncated': ({ genuine, random }) => genuine.slice(0, random.below(genuine.length - 2)),
  'parts are missing, empty or too many': ({ genuine, random }) => {
    const [header = '', claims = '', signature = ''] = genuine.split('.')
    return random.pick([
      `${header}.${claims}`,
      `${header}.${claims}.`,
      `${header}..${signature}`,
      `.${claims}.${signature}`,
      `${genuine}.${signature}`,
      `${header}.${claims}.${signature}.${signature}.${signature}`,
      '',
      '.',
      '..',
    ])
  },
  'its algorithm is none': ({ claims, genuine, header, random }) => {
    const alg = random.pick(['none', 'None', 'NONE', 'nOnE', ''])
    const signature = random.pick(['', genuine.split('.')[2] ?? ''])
    return `${encoded({ ...header, alg })}.${encoded(claims)}.${signature}`
  },
  'it is an HMAC under the public key': ({ claims, device, header, random }) =>
    macBy(random.pick(publicForms(device.jwk)), random.pick([256, 384, 512]), header, claims),
  'it is an HMAC under a key in its own header': ({ claims, header }) =>
    macBy(
      'secret',
      256,
      { ...header, jwk: { kty: 'oct', k: Buffer.from('secret').toString('base64url') } },
      claims,
    ),
  'its algorithm is not that of the signature': ({ claims, device, header, random }) => {
    const others = ['ES384', 'ES512', 'PS256', 'RS384', 'EdDSA', 'ES256K', 'HS256', 'RS256', 'ES256'] as const
    const alg = random.pick(others)
    return signedBy(device, { ...header, alg: alg === device.alg ? 'ES384' : alg }, claims)
  },
  'its algorithm is missing or not text': ({ claims, device, header, random }) =>
    signedBy(device, { ...header, alg: random.pick([undefined, null, 256, [device.alg], {}]) }, claims),
  'another key has signed it': ({ attacker, attackerRsa, claims, device, header, random }) => {
    const signer = random.pick([attacker, attackerRsa])
    return signedBy(
      signer,
      random.pick([header, { ...header, alg: signer.alg }, { ...header, kid: device.alg }]),
      claims,
    )
  },
  'it points to a key elsewhere': ({ attacker, claims, header, random }) =>
    signedBy(attacker, { ...header, [random.pick(['jku', 'x5u'])]: 'https://evil.test/keys' }, claims),
  'it contains a key that is not accepted here': (scene) => {
    const { attacker, claims, header, kind } = scene
    if (kind === 'refresh') return signedBy(attacker, { ...header, jwk: attacker.jwk }, claims)
    const { jwk: _, ...rest } = header
    return signedBy(attacker, rest, { ...claims, jwk: attacker.jwk, key: attacker.jwk })
  },
  'its key is broken, in a registration': (scene) => {
    const { attacker, claims, device, header, kind, random } = scene
    if (kind === 'refresh') return signedBy(attacker, header, claims)
    const { jwk } = device
    const zero = Buffer.alloc(32).toString('base64url')
    const broken = random.pick([
      null,
      {},
      'key',
      [jwk],
      { ...jwk, kty: undefined },
      { ...jwk, kty: 'oct', k: zero },
      { ...jwk, x: zero, y: zero, n: zero },
      { ...jwk, x: undefined, n: undefined },
      { ...jwk, crv: 'P-384', e: 'AA' },
    ])
    return signedBy(device, { ...header, jwk: broken }, claims)
  },
}
