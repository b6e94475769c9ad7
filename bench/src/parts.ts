import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  type KeyObject,
  randomBytes,
  randomFillSync,
} from 'node:crypto'
import type { ShopData } from './data.ts'
import { noncePool } from './peers/floor.ts'
import type { Candidate } from './rounds.ts'
import { once } from './work.ts'

const GCM = 'aes-256-gcm'
const KEY_ID = 9
const NONCE = 24
const FIELDS = 32
const TAG = 16

export interface Parts {
  readonly seal: readonly Candidate[]
  readonly open: readonly Candidate[]
}

/**
 * The indispensable parts of a sealed token, each measured separately in the plainest code: JSON, text to bytes and back, the
 * derived key (one lookup; it changes after 65,536 seals), GCM with that key over as many bytes, and base64url.
 */
export function partsOf(data: readonly ShopData[]): Parts {
  const texts = data.map((item) => JSON.stringify(item))
  const plains = texts.map((text) => Buffer.concat([Buffer.alloc(FIELDS), Buffer.from(text)]))
  const tokens = plains.map((plain) => randomBytes(KEY_ID + NONCE + plain.length + TAG))
  const encoded = tokens.map((token) => token.toString('base64url'))
  const key = createSecretKey(randomFillSync(Buffer.alloc(32)))
  const message: Message = { key, iv: randomBytes(12), aad: randomBytes(40) }
  const sealed = plains.map((plain) => encrypt(message, plain))
  const sealing: Message = { ...message, iv: Buffer.alloc(12) }
  const fillNonce = noncePool()
  const messages = new Map([['prefix', message]])
  return {
    seal: [
      once('JSON.stringify', data, (item) => JSON.stringify(item)),
      once('text to UTF-8', texts, (text) => Buffer.from(text, 'utf8')),
      once('random nonce, GCM encryption', plains, (plain) => {
        fillNonce(sealing.iv)
        return encrypt(sealing, plain)
      }),
      once('bytes to base64url', tokens, (token) => token.toString('base64url')),
    ],
    open: [
      once('base64url to bytes', encoded, (text) => Buffer.from(text, 'base64url')),
      once('key lookup, GCM decryption', sealed, (box) => decrypt(messages.get('prefix') ?? message, box)),
      once('UTF-8 to text', plains, (plain) => plain.toString('utf8', FIELDS)),
      once('JSON.parse', texts, (text) => JSON.parse(text) as object),
    ],
  }
}

interface Message {
  readonly key: KeyObject
  readonly iv: Buffer
  readonly aad: Buffer
}

function encrypt({ key, iv, aad }: Message, plain: Buffer): readonly [Buffer, Buffer] {
  const cipher = createCipheriv(GCM, key, iv, { authTagLength: TAG })
  cipher.setAAD(aad)
  const bytes = cipher.update(plain)
  cipher.final()
  return [bytes, cipher.getAuthTag()]
}

function decrypt({ key, iv, aad }: Message, [bytes, tag]: readonly [Buffer, Buffer]): Buffer {
  const decipher = createDecipheriv(GCM, key, iv, { authTagLength: TAG })
  decipher.setAAD(aad)
  decipher.setAuthTag(tag)
  const plain = decipher.update(bytes)
  decipher.final()
  return plain
}
