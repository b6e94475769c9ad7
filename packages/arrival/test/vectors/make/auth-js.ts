/* Makes ../auth-js-VERSION.json and ../next-auth-VERSION.json: `node auth-js.ts`. */
import { hkdfSync } from 'node:crypto'
import { createRequire } from 'node:module'
import { encode as encode5 } from '@auth/core/jwt'
import { EncryptJWT } from 'jose'
import type { JWTEncodeParams } from 'next-auth/jwt'
import type { Vector } from '../read.ts'
import { at, NOW, writeVectors } from './file.ts'

interface Keys {
  readonly secrets: readonly string[]
  readonly cookieName: string
}

interface Case extends Keys {
  readonly token: Readonly<Record<string, unknown>>
  readonly at: number
}

type Encode = (options: Case) => Promise<string>

const { encode: encode4 } = createRequire(import.meta.url)('next-auth/jwt') as {
  encode: (params: JWTEncodeParams) => Promise<string>
}
const MAX_AGE = 30 * 86_400
const TOLERANCE = 15
const SECRETS = ['the newest secret of the application', 'the secret before it', 'the oldest secret of all']
const TOKEN = { sub: '7', name: 'Ada – größer', email: 'ada@example.com', picture: null, roles: ['admin'] }

async function vectorsOf(cookieName: string, encode: Encode): Promise<Vector<Keys>[]> {
  const vectors: Vector<Keys>[] = []
  async function add(name: string, change: Partial<Case> = {}, refused?: string, read: Partial<Keys> = {}): Promise<string> {
    const settings = { secrets: SECRETS, cookieName, token: TOKEN, at: NOW, ...change }
    const value = await at(settings.at, () => encode(settings))
    const { secrets } = settings
    const read4 = { data: settings.token, beganAt: settings.at, endsAt: settings.at + MAX_AGE + TOLERANCE, permanent: true }
    const reads = refused === undefined ? read4 : { refused }
    vectors.push({ name, value, keys: { secrets, cookieName, ...read }, reads })
    return value
  }
  const plain = await add('plain values')
  for (const secret of SECRETS) {
    await add(`after a rotation, encrypted with ${secret}`, { secrets: [secret] }, undefined, { secrets: SECRETS })
  }
  await add('a removed secret', { secrets: ['another secret'] }, 'forged', { secrets: SECRETS })
  await add('a token of many chunks', { token: { ...TOKEN, long: Array.from({ length: 500 }, (_, n) => `item ${n}`) } })
  await add('its expiry, within the tolerance', { at: NOW - MAX_AGE - TOLERANCE + 1 })
  await add('its expiry, after the tolerance', { at: NOW - MAX_AGE - TOLERANCE }, 'expired')
  await add('the future', { at: NOW + 3600 }, 'malformed')

  const keys = { secrets: SECRETS, cookieName }
  const refuse = (name: string, value: string, refused = 'malformed'): number =>
    vectors.push({ name, value, keys, reads: { refused } })
  const [header = '', , iv = '', box = '', tag = ''] = plain.split('.')
  const fields = JSON.parse(Buffer.from(header, 'base64url').toString()) as Record<string, unknown>
  const headed = (change: object): string =>
    [Buffer.from(JSON.stringify({ ...fields, ...change })).toString('base64url'), '', iv, box, tag].join('.')
  const other = fields['enc'] === 'A256GCM' ? 'A256CBC-HS512' : 'A256GCM'
  refuse('a header that names another encryption', headed({ enc: other }))
  refuse('a header whose encryption is a property name of every object', headed({ enc: 'constructor' }))
  refuse('a header with another key management', headed({ alg: 'A256KW' }))
  refuse('a header with a compression', headed({ zip: 'DEF' }))
  refuse('a header with a critical parameter', headed({ crit: ['exp'] }))
  refuse('a header with one parameter more', headed({ typ: 'JWT' }), 'forged')
  refuse('a truncated tag', [header, '', iv, box, Buffer.from(tag, 'base64url').subarray(0, 8).toString('base64url')].join('.'))
  refuse('no tag', [header, '', iv, box, ''].join('.'))
  refuse('a longer iv', [header, '', `AAAA${iv}`, box, tag].join('.'))
  refuse('an encrypted key', [header, 'AAAA', iv, box, tag].join('.'))
  refuse('a signed token instead', [header, box, tag].join('.'))
  refuse('an empty box', [header, '', iv, '', tag].join('.'), 'forged')
  return vectors
}

const encodeAuthJs: Encode = ({ secrets, cookieName, token }) =>
  encode5({ token: { ...token }, secret: [...secrets], salt: cookieName })
const encodeNextAuth: Encode = ({ secrets, token }) => encode4({ token: { ...token }, secret: secrets[0] ?? '' })

const NAME = '__Secure-authjs.session-token'
const vectors = await vectorsOf(NAME, encodeAuthJs)
vectors.push({
  name: 'a token for another cookie',
  value: await at(NOW, () => encode5({ token: TOKEN, secret: SECRETS, salt: 'authjs.session-token' })),
  keys: { secrets: SECRETS, cookieName: NAME },
  reads: { refused: 'forged' },
})
const info = `Auth.js Generated Encryption Key (${NAME})`
const key = new Uint8Array(hkdfSync('sha256', SECRETS[1] ?? '', NAME, info, 32))
const encryptGcm = (token: EncryptJWT): Promise<string> =>
  token.setProtectedHeader({ alg: 'dir', enc: 'A256GCM' }).encrypt(key)
vectors.push({
  name: 'a token of A256GCM, which it decodes too, without times',
  value: await encryptGcm(new EncryptJWT({ sub: '7' })),
  keys: { secrets: SECRETS, cookieName: NAME },
  reads: { data: { sub: '7' }, permanent: true },
})
writeVectors('auth-js', '@auth/core', vectors)
writeVectors('next-auth', 'next-auth', await vectorsOf('next-auth.session-token', encodeNextAuth))
