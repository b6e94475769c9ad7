import type { KeyObject } from 'node:crypto'
import type { FillRandom } from '../base/random.ts'
import { createDerivation, HALF_NONCE_BYTES } from './xaes.ts'

/**
 * How long one nonce prefix serves for sealing. Within an epoch only the last 12 bytes of the nonce vary, at random.
 * 2^16 messages under one message key collide with probability 2^-65; see docs/decisions/0002-key-epochs.md.
 * The time keeps a token from telling for long which process made it.
 */
const EPOCH_SEALS = 2 ** 16
const EPOCH_MS = 600_000

/** Message keys kept for opening. The tokens in circulation come from few epochs, so a few hundred nearly always hit. */
const KEPT_KEYS = 1024

/** The key and the nonce prefix that seal now. */
export interface Epoch {
  readonly messageKey: KeyObject
  readonly prefix: Uint8Array
  /** The prefix as it stands in a token: 12 bytes are exactly 16 characters of base64url. */
  readonly prefixText: string
}

/** The message keys of one secret in one context: the one that seals now, and those that open. */
export interface MessageKeys {
  forSealing(): Epoch
  /** The key for a prefix, given as bytes and as it stands in the token. */
  forOpening(prefix: Uint8Array, prefixText: string): KeyObject
  /** Keeps a key that has opened a token. Only authentic prefixes are kept, so forged ones push nothing out. */
  keep(prefixText: string, messageKey: KeyObject): void
}

export function createMessageKeys(key: KeyObject, fillRandom: FillRandom): MessageKeys {
  const deriveMessageKey = createDerivation(key)
  const kept = new Map<string, KeyObject>()
  let epoch: Epoch | undefined
  let sealsLeft = 0
  let endsAt = 0

  function keep(prefixText: string, messageKey: KeyObject): void {
    if (kept.has(prefixText)) return
    if (kept.size >= KEPT_KEYS) kept.delete(kept.keys().next().value ?? '')
    kept.set(prefixText, messageKey)
  }

  function nextEpoch(): Epoch {
    const prefix = Buffer.alloc(HALF_NONCE_BYTES)
    fillRandom(prefix, 0, HALF_NONCE_BYTES)
    sealsLeft = EPOCH_SEALS
    endsAt = Date.now() + EPOCH_MS
    const next = { messageKey: deriveMessageKey(prefix), prefix, prefixText: prefix.toString('base64url') }
    keep(next.prefixText, next.messageKey)
    return next
  }

  return {
    forSealing() {
      if (epoch === undefined || sealsLeft === 0 || Date.now() > endsAt) epoch = nextEpoch()
      sealsLeft--
      return epoch
    },
    forOpening: (prefix, prefixText) => kept.get(prefixText) ?? deriveMessageKey(prefix),
    keep,
  }
}
