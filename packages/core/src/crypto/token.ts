import { isUtf8 } from 'node:buffer'
import { ConfigError } from '../base/errors.ts'
import { MAX_TIME } from '../base/time.ts'

/*
 * token = base64url( 0x01 ‖ key id (8) ‖ nonce (24) ‖ ciphertext ‖ tag (16) )
 * plain = flags (1) ‖ created (5) ‖ issued (5) ‖ expires (5) ‖ sid (16) ‖ JSON in UTF-8      times: seconds, big-endian
 * aad   = 0x01 ‖ key id ‖ context ‖ row key (store records only)
 *
 * Version and key id, and each half of the nonce, are multiples of 3 bytes: each is a run of whole characters.
 */

export const VERSION = 0x01
export const KID_BYTES = 8
export const SID_BYTES = 16
/** Flags, three times and the sid: the part before the text. */
export const FIELD_BYTES = 32

/** Version and key id in the token's characters. */
export const HEAD_CHARS = 12
/** Half a nonce in the token's characters. */
export const HALF_NONCE_CHARS = 16
/** A token whose text is empty. */
export const MIN_TOKEN_CHARS = 108
/** A cookie's limit, and room for a store's record of 64 KiB. */
export const MAX_TOKEN_CHARS = Object.freeze({ cookie: 4096, store: 131_072 })

/** Version, key id, nonce, fields and tag: how much longer a token is than its text, in bytes. */
const OVERHEAD_BYTES = 81

/** The number of characters of a token whose text has this many bytes. */
export const tokenChars = (textBytes: number): number => Math.ceil(((OVERHEAD_BYTES + textBytes) * 4) / 3)

/** The number of bytes of text that fit into a token of this many characters. */
export const textBytesWithin = (chars: number): number => Math.floor((chars * 3) / 4) - OVERHEAD_BYTES

const FLAG_PERMANENT = 0b1

/** The content of a token, without its key id and nonce. Times are whole epoch seconds. */
export interface SealedFields {
  /** When the session began: the absolute limit counts from here. */
  readonly created: number
  /** When this token was made: the idle limit counts from here. */
  readonly issued: number
  /** The expiry fixed when this token was made. */
  readonly expires: number
  /** Whether the session survives closing the browser. */
  readonly permanent: boolean
  /** 16 bytes that stay with a session until its id is renewed. */
  readonly sid: Uint8Array
  /** The record's JSON. */
  readonly text: string
}

/** Node accepts 1,024 bytes as the info of an HKDF; the use of a key takes up three of them. */
const MAX_CONTEXT_BYTES = 1021

/**
 * Each part with its length before it, so that no two contexts have the same bytes.
 *
 * @throws {ConfigError} if the parts together are too long to derive a key from.
 */
export function contextOf(purpose: string, name: string, audience: string): Buffer {
  const parts = [purpose, name, audience].flatMap((part) => {
    const bytes = Buffer.from(part, 'utf8')
    return [Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes]
  })
  const context = Buffer.concat(parts)
  if (context.length <= MAX_CONTEXT_BYTES) return context
  const spare = context.length - MAX_CONTEXT_BYTES
  const option = name.length < audience.length ? 'audience' : 'cookie.name'
  throw new ConfigError(option, `is ${spare} bytes too long to derive a key from`)
}

/** @throws {RangeError} for a time outside 0 to 2^40-1 or out of order, or an sid that is not 16 bytes. */
export function checkFields({ created, issued, expires, sid }: SealedFields): void {
  if (!isTime(created) || !isTime(issued) || !isTime(expires)) {
    throw new RangeError('created, issued and expires must be whole epoch seconds below 2^40')
  }
  if (created > issued) throw new RangeError('created must not be after issued')
  if (sid.length !== SID_BYTES) throw new RangeError(`sid must be ${SID_BYTES} bytes`)
}

const isTime = (time: number): boolean => Number.isInteger(time) && time >= 0 && time <= MAX_TIME

/** Writes the fields and the text to the start of `plain`, and returns their length in bytes. */
export function writeFields(plain: Buffer, fields: SealedFields): number {
  plain[0] = fields.permanent ? FLAG_PERMANENT : 0
  plain.writeUIntBE(fields.created, 1, 5)
  plain.writeUIntBE(fields.issued, 6, 5)
  plain.writeUIntBE(fields.expires, 11, 5)
  plain.set(fields.sid, 16)
  return FIELD_BYTES + plain.write(fields.text, FIELD_BYTES, 'utf8')
}

/** Undefined for anything that no version 1 sealer writes: an unknown flag, times out of order, text that is not UTF-8. */
export function readFields(plain: Buffer): SealedFields | undefined {
  const flags = plain[0] ?? 0
  const created = plain.readUIntBE(1, 5)
  const issued = plain.readUIntBE(6, 5)
  const text = plain.subarray(FIELD_BYTES)
  if ((flags & ~FLAG_PERMANENT) !== 0 || created > issued || !isUtf8(text)) return undefined
  return {
    created,
    issued,
    expires: plain.readUIntBE(11, 5),
    permanent: flags === FLAG_PERMANENT,
    sid: plain.subarray(16, FIELD_BYTES),
    text: text.toString('utf8'),
  }
}

/** Names sessions by their sids, in base64url. */
export type Sids = ReadonlySet<string>

export const sidText = (sid: Uint8Array): string => Buffer.from(sid).toString('base64url')
