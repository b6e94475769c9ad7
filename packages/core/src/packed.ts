import type { StoredRecord } from './store.ts'

/*
 * What core gives a store to keep is hexadecimal digits and base64url. Packed, each byte that they stand for is one
 * character of one string, which takes less of a JavaScript heap than an object with the same in it. What is written
 * in any other way is kept as it is.
 *
 * record = subject's length (1) ‖ deadline, a double (8) ‖ subject ‖ text
 */

/** A record as one string, or as it came. */
export type PackedRecord = string | StoredRecord

const DEADLINE_AT = 1
const SUBJECT_AT = 9
/** Of a key and of a subject: 64 hexadecimal digits. */
const HASH_BYTES = 32

/** Stands before what is no hash; no packed one has this character. */
const AS_IT_IS = '\u0100'

const textAt = (packed: string): number => SUBJECT_AT + packed.charCodeAt(0)

/** Packs and unpacks what one store keeps. */
export interface Packing {
  readonly packRecord: (record: StoredRecord) => PackedRecord
  /** When it ends, in epoch milliseconds. */
  readonly deadlineOf: (packed: PackedRecord) => number
  readonly textOf: (packed: PackedRecord) => string
  /** Its subject as `packHash` gives it; empty when it has none. */
  readonly subjectOf: (packed: PackedRecord) => string
  /** A key or a subject. */
  readonly packHash: (hash: string) => string
  readonly unpackHash: (packed: string) => string
}

export function createPacking(): Packing {
  // The same room for every call: all of them are synchronous.
  let scratch = Buffer.alloc(1024)
  const double = new DataView(new ArrayBuffer(8))

  function packHash(hash: string): string {
    const bytes = scratch.write(hash, 0, HASH_BYTES, 'hex')
    return scratch.toString('hex', 0, bytes) === hash ? scratch.toString('latin1', 0, bytes) : AS_IT_IS + hash
  }

  return Object.freeze<Packing>({
    packRecord(record) {
      const { text, expiresAt, subject = '' } = record
      if (typeof text !== 'string') return record
      const room = SUBJECT_AT + HASH_BYTES + text.length
      if (room > scratch.length) scratch = Buffer.alloc(2 * room)
      const start =
        subject === '' ? SUBJECT_AT : SUBJECT_AT + scratch.write(subject, SUBJECT_AT, HASH_BYTES, 'hex')
      const end = start + scratch.write(text, start, 'base64url')
      scratch[0] = start - SUBJECT_AT
      scratch.writeDoubleBE(expiresAt, DEADLINE_AT)
      const isWhole =
        scratch.toString('base64url', start, end) === text &&
        (subject === '' || scratch.toString('hex', SUBJECT_AT, start) === subject)
      return isWhole ? scratch.toString('latin1', 0, end) : record
    },
    deadlineOf(packed) {
      if (typeof packed !== 'string') return packed.expiresAt
      // Byte by byte: for eight of them two native calls cost more.
      for (let at = 0; at < 8; at++) double.setUint8(at, packed.charCodeAt(DEADLINE_AT + at))
      return double.getFloat64(0)
    },
    textOf(packed) {
      if (typeof packed !== 'string') return packed.text
      return scratch.toString('base64url', textAt(packed), scratch.write(packed, 'latin1'))
    },
    subjectOf(packed) {
      if (typeof packed !== 'string') return packHash(packed.subject ?? '')
      return packed.slice(SUBJECT_AT, textAt(packed))
    },
    packHash,
    unpackHash(packed) {
      if (packed.startsWith(AS_IT_IS)) return packed.slice(1)
      return scratch.toString('hex', 0, scratch.write(packed, 'latin1'))
    },
  })
}
