/* Makes ../secure-session-VERSION.json: `node secure-session.ts`. */
import { argon2Sync } from 'node:crypto'
import secureSession from '@fastify/secure-session'
import fastify from 'fastify'
import type { Vector } from '../read.ts'
import { at, NOW, valueOf, writeVectors } from './file.ts'

interface Keys {
  /** In base64. */
  readonly keys: readonly string[]
  readonly expiry?: number
}

interface Case {
  readonly data: Readonly<Record<string, unknown>>
  readonly key: string | readonly string[]
  readonly at: number
  readonly cookie?: { readonly signed: true }
}

const KEYS = ['one', 'two', 'three'].map((text) => Buffer.from(text.padEnd(32, '.')).toString('base64'))
const [KEY = '', OLDER = ''] = KEYS
const DATA = { user: 7, name: 'Ada – größer' }
const EXPIRY = 86_401
const SECRET = 'a secret of at least thirty-two characters'

async function cookieOf(options: object, data: Case['data']): Promise<string> {
  const app = fastify()
  // @ts-expect-error The options are those of a case, which the plugin checks itself.
  await app.register(secureSession, options)
  app.get('/', (request) => {
    for (const [name, value] of Object.entries(data)) request.session.set(name as never, value as never)
    return ''
  })
  const response = await app.inject('/')
  await app.close()
  const lines = response.headers['set-cookie']
  return valueOf(typeof lines === 'string' ? [lines] : (lines ?? []), 'session')
}

const vectors: Vector<Keys>[] = []
async function add(name: string, change: Partial<Case> = {}, refused?: string, read: Partial<Keys> = {}): Promise<string> {
  const { at: time, data, ...options } = { data: DATA, key: KEY, at: NOW, ...change }
  const value = await at(time, () => cookieOf({ cookie: {}, ...options, key: keyOf(options.key) }, data))
  const reads = refused === undefined ? { data, beganAt: time, endsAt: time + (read.expiry ?? EXPIRY) } : { refused }
  vectors.push({ name, value, keys: { keys: [KEY], ...read }, reads })
  return value
}
const keyOf = (key: string | readonly string[]): unknown => (typeof key === 'string' ? key : key.map((k) => Buffer.from(k, 'base64')))

const plain = await add('plain values')
for (const key of KEYS) await add(`after a rotation, encrypted with ${key}`, { key: [key] }, undefined, { keys: KEYS })
await add('a removed key', { key: OLDER }, 'forged')
await add('an additional signature', { cookie: { signed: true } })
await add('a lot of data', { data: { list: Array.from({ length: 200 }, (_, number) => `item ${number}`) } })
await add('its last second', { at: NOW - EXPIRY + 1 })
await add('its expiry', { at: NOW - EXPIRY }, 'expired')
await add('another expiry', { at: NOW - EXPIRY }, undefined, { expiry: 7 * EXPIRY })
await add('the future', { at: NOW + 3600 }, 'malformed')

// The plugin derives a key from a secret, and the reader gets that key.
const derived = argon2Sync('argon2id', {
  message: SECRET,
  nonce: Buffer.from('mq9hDxBVDbspDR6nLfFT1g==', 'base64'),
  parallelism: 1,
  tagLength: 32,
  memory: 262_144,
  passes: 3,
}).toString('base64')
const value = await at(NOW, () => cookieOf({ secret: SECRET }, DATA))
vectors.push({ name: 'a key derived from a secret', value, keys: { keys: [derived] }, reads: { data: DATA, beganAt: NOW, endsAt: NOW + EXPIRY } })

const keys = { keys: [KEY] }
const decoded = decodeURIComponent(plain)
const [box = '', nonce = ''] = decoded.split(';')
const spell = (name: string, text: string): number =>
  vectors.push({ name, value: text, keys, reads: { data: DATA, beganAt: NOW, endsAt: NOW + EXPIRY } })
const refuse = (name: string, text: string, refused: string): number =>
  vectors.push({ name, value: encodeURIComponent(text), keys, reads: { refused } })
spell('minimal escaping', decoded)
spell('everything escaped', Array.from(decoded, (character) => `%${Buffer.from(character).toString('hex')}`).join(''))
refuse('another nonce', `${box};${Buffer.alloc(24).toString('base64')}`, 'forged')
refuse('a nonce that is too short', `${box};${Buffer.alloc(23).toString('base64')}`, 'malformed')
refuse('three parts', `${decoded};`, 'malformed')
refuse('no nonce', box, 'malformed')
refuse('a box that has no room for the tag', `AAAA;${nonce}`, 'malformed')
refuse('a tag alone', `${Buffer.alloc(16).toString('base64')};${nonce}`, 'forged')
refuse('base64 without its padding', decoded.replaceAll('=', ''), 'malformed')
vectors.push({ name: 'an invalid escape', value: `${plain}%`, keys, reads: { refused: 'malformed' } })
writeVectors('secure-session', '@fastify/secure-session', vectors)
