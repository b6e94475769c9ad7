import { createHmac } from 'node:crypto'
import { FORGED, isRefused, MALFORMED, type Refused } from '../reading.ts'
import { decoded, isSame } from './bytes.ts'
import { inflated } from './inflate.ts'

/** How itsdangerous or Django sign a text together with the time. */
export interface TimedScheme {
  readonly separator: '.' | ':'
  readonly digest: string
  /** The derived keys, in the order in which they are tried. */
  readonly keys: readonly Uint8Array[]
  /** Returns epoch seconds, or undefined for an invalid time. */
  readonly stampOf: (text: string) => number | undefined
  /** The maximum size of a decompressed payload, in bytes. */
  readonly most: number
}

export interface Timed {
  readonly payload: Buffer
  readonly signed: string
  readonly stamp: number
}

/** Opens `payload stamp signature`, split from the right: a compressed payload begins with a dot. */
export function openTimed(value: string, scheme: TimedScheme): Timed | Refused {
  const beforeSignature = value.lastIndexOf(scheme.separator)
  const signed = value.slice(0, Math.max(0, beforeSignature))
  const beforeStamp = signed.lastIndexOf(scheme.separator)
  const signature = decoded(value.slice(beforeSignature + 1), 'base64url')
  const stamp = scheme.stampOf(signed.slice(beforeStamp + 1))
  if (beforeStamp < 0 || signature === undefined || stamp === undefined) return MALFORMED
  const isGenuine = scheme.keys.some((key) =>
    isSame(createHmac(scheme.digest, key).update(signed).digest(), signature),
  )
  if (!isGenuine) return FORGED
  const payload = unpacked(signed.slice(0, beforeStamp), scheme.most)
  return isRefused(payload) ? payload : { payload, signed, stamp }
}

function unpacked(text: string, most: number): Buffer | Refused {
  const isCompressed = text.startsWith('.')
  const bytes = decoded(isCompressed ? text.slice(1) : text, 'base64url')
  if (bytes === undefined) return MALFORMED
  return isCompressed ? inflated(bytes, most) : bytes
}
