import { createSecretKey, type KeyObject } from 'node:crypto'
import { ConfigError } from '../base/errors.ts'
import type { FillRandom } from '../base/random.ts'
import type { UnopenedReason } from '../base/reasons.ts'
import { MessageKeys } from './message-keys.ts'
import { derive, type Secrets } from './secrets.ts'
import {
  checkFields,
  FIELD_BYTES,
  HALF_NONCE_CHARS,
  HEAD_CHARS,
  KID_BYTES,
  MIN_TOKEN_CHARS,
  readFields,
  type SealedFields,
  VERSION,
  writeFields,
} from './token.ts'
import { decrypt, encryptInto, HALF_NONCE_BYTES, TAG_BYTES } from './xaes.ts'

export type Opened =
  /** `stale`: an older secret opened it; the next write seals it with the newest. */
  | { readonly ok: true; readonly fields: SealedFields; readonly stale: boolean }
  | { readonly ok: false; readonly reason: UnopenedReason }

/** Seals and opens tokens of one purpose, cookie name and audience. Synchronous; stores nothing about visitors. */
export interface Sealer {
  /**
   * A token of `fields`, a different one each time. A store's record is bound to its row by `rowKey`.
   *
   * @throws {RangeError} for a time outside 0 to 2^40-1 or out of order, or an sid that is not 16 bytes.
   */
  seal(fields: SealedFields, rowKey?: string): string
  /** The fields of a token, or why it does not open. Accepts any text and never throws. Does not check time limits. */
  open(token: string, rowKey?: string): Opened
}

/** A sealer with a cache of tokens. */
export interface CachingSealer extends Sealer {
  /** Drops a token from the cache that will not come again, so that it does not take the room of others. */
  forget(token: string): void
}

/** One secret in one context. */
interface RingKey {
  /** Version and key id: the beginning of every token of this key. */
  readonly head: Buffer
  readonly headText: string
  readonly aad: Buffer
  readonly messageKeys: MessageKeys
  readonly stale: boolean
}

const PREFIX_AT = 1 + KID_BYTES
const IV_AT = PREFIX_AT + HALF_NONCE_BYTES
const SEALED_AT = IV_AT + HALF_NONCE_BYTES

/**
 * A sealer of checked secrets in one context (see `contextOf`), for tokens of at most `maxChars` characters. Tokens
 * sealed in one of the `former` contexts open too, as stale.
 *
 * @throws {ConfigError} when two secrets have the same key id.
 */
export function sealerOf(
  secrets: Secrets,
  context: Buffer,
  maxChars: number,
  fillRandom: FillRandom,
  former: readonly Buffer[] = [],
): Sealer {
  const newest = ringKey(secrets[0], context, fillRandom, false)
  const inContext = (of: readonly KeyObject[], other: Buffer): RingKey[] =>
    of.map((secret) => ringKey(secret, other, fillRandom, true))
  const older = [inContext(secrets.slice(1), context), ...former.map((other) => inContext(secrets, other))]
  const keys = [newest, ...older.flat()]
  const byHead = new Map(keys.map((key) => [key.headText, key]))
  if (byHead.size < keys.length) {
    throw new ConfigError('secrets', 'two secrets have the same key id; replace one of them')
  }
  const scratchFor = createScratch()
  return Object.freeze<Sealer>({
    seal: (fields, rowKey) => seal(newest, fields, rowKey, scratchFor, fillRandom),
    open(token, rowKey) {
      if (!hasTokenLength(token, maxChars)) return MALFORMED
      const key = byHead.get(token.slice(0, HEAD_CHARS))
      return key === undefined ? UNKNOWN_KEY : open(key, token, rowKey, scratchFor)
    },
  })
}

function ringKey(secret: KeyObject, context: Buffer, fillRandom: FillRandom, stale: boolean): RingKey {
  const head = Buffer.concat([Buffer.from([VERSION]), derive(secret, 'kid', context, KID_BYTES)])
  const key = createSecretKey(derive(secret, 'key', context, 32))
  return {
    head,
    headText: head.toString('base64url'),
    aad: Buffer.concat([head, context]),
    messageKeys: new MessageKeys(key, fillRandom),
    stale,
  }
}

/** Buffers for one message: its plain text, the token, its half of the nonce, and the associated data. */
interface Scratch {
  readonly plain: Buffer
  readonly sealed: Buffer
  readonly iv: Buffer
  readonly aad: Buffer
}

/** A context, and a row key of 32 hexadecimal digits; longer data gets a separate buffer. */
const MAX_AAD_BYTES = 2048

type ScratchFor = (bytes: number) => Scratch

/** The same buffers for every call: sealing and opening are synchronous and never read an earlier call's data. */
function createScratch(): ScratchFor {
  let scratch = scratchOf(9216)
  return (bytes) => {
    if (bytes > scratch.plain.length) scratch = scratchOf(2 * bytes)
    return scratch
  }
}

function scratchOf(bytes: number): Scratch {
  return {
    plain: Buffer.alloc(bytes),
    sealed: Buffer.alloc(SEALED_AT + bytes + TAG_BYTES),
    iv: Buffer.alloc(HALF_NONCE_BYTES),
    aad: Buffer.alloc(MAX_AAD_BYTES),
  }
}

function seal(
  key: RingKey,
  fields: SealedFields,
  rowKey: string | undefined,
  scratchFor: ScratchFor,
  fillRandom: FillRandom,
): string {
  checkFields(fields)
  const { messageKey, prefix } = key.messageKeys.forSealing()
  // A character of a string is at most 3 bytes of UTF-8; reserving that many is cheaper than counting them.
  const { plain, sealed, iv, aad: room } = scratchFor(FIELD_BYTES + 3 * fields.text.length)
  const plainBytes = writeFields(plain, fields)
  fillRandom(iv, 0, HALF_NONCE_BYTES)
  sealed.set(key.head)
  sealed.set(prefix, PREFIX_AT)
  sealed.set(iv, IV_AT)
  const aad = aadOf(key, rowKey, room)
  const end = encryptInto(sealed, SEALED_AT, messageKey, iv, aad, plain.subarray(0, plainBytes))
  // In one piece: a text joined from several parts is copied when it is first read.
  return sealed.toString('base64url', 0, end)
}

const hasTokenLength = (token: string, maxChars: number): boolean =>
  typeof token === 'string' &&
  token.length >= MIN_TOKEN_CHARS &&
  token.length <= maxChars &&
  token.length % 4 !== 1

function open(key: RingKey, token: string, rowKey: string | undefined, scratchFor: ScratchFor): Opened {
  const { sealed: buffer, aad } = scratchFor(token.length)
  const end = buffer.write(token, 'base64url')
  // Node's decoder accepts padding, blanks, `+/` and unused last bits. A token has one spelling: its own
  // encoding.
  if (buffer.toString('base64url', 0, end) !== token) return MALFORMED
  const prefixText = token.slice(HEAD_CHARS, HEAD_CHARS + HALF_NONCE_CHARS)
  const messageKey = key.messageKeys.forOpening(buffer.subarray(PREFIX_AT, IV_AT), prefixText)
  const iv = buffer.subarray(IV_AT, SEALED_AT)
  const plain = decrypt(messageKey, iv, aadOf(key, rowKey, aad), buffer.subarray(SEALED_AT, end))
  if (plain === undefined) return FORGED
  const fields = readFields(plain)
  return fields === undefined ? CORRUPT : { ok: true, fields, stale: key.stale }
}

const MALFORMED: Opened = Object.freeze({ ok: false, reason: 'malformed' })
const UNKNOWN_KEY: Opened = Object.freeze({ ok: false, reason: 'unknown_key' })
const FORGED: Opened = Object.freeze({ ok: false, reason: 'forged' })
const CORRUPT: Opened = Object.freeze({ ok: false, reason: 'corrupt' })

function aadOf(key: RingKey, rowKey: string | undefined, room: Buffer): Buffer {
  if (rowKey === undefined) return key.aad
  const start = key.aad.length
  if (start + 3 * rowKey.length > room.length) return Buffer.concat([key.aad, Buffer.from(rowKey, 'utf8')])
  key.aad.copy(room)
  return room.subarray(0, start + room.write(rowKey, start, 'utf8'))
}
