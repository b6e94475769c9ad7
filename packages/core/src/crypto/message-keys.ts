import type { KeyObject } from 'node:crypto'
import type { FillRandom } from '../base/random.ts'
import { createDerivation, type DeriveMessageKey, HALF_NONCE_BYTES } from './xaes.ts'

/**
 * How long one nonce prefix is used for sealing. Within an epoch only the last 12 bytes of the nonce vary, at
 * random. 2^16 messages under one message key collide with probability 2^-65; see docs/decisions/0002-key-epochs.md.
 * The time limit keeps tokens from revealing for long which process made them.
 */
const EPOCH_SEALS = 2 ** 16
const EPOCH_MS = 600_000

/** The key and the nonce prefix that seal now. */
export interface Epoch {
  readonly messageKey: KeyObject
  readonly prefix: Uint8Array
  /** The prefix as in a token: 12 bytes are exactly 16 characters of base64url. */
  readonly prefixText: string
}

/** The message keys of one secret in one context: the one that seals now, and those that open. */
export class MessageKeys {
  readonly #derive: DeriveMessageKey
  readonly #fillRandom: FillRandom
  #epoch: Epoch | undefined
  #sealsLeft = 0
  #endsAt = 0

  constructor(key: KeyObject, fillRandom: FillRandom) {
    this.#derive = createDerivation(key)
    this.#fillRandom = fillRandom
  }

  forSealing(): Epoch {
    if (this.#epoch === undefined || this.#sealsLeft === 0 || Date.now() > this.#endsAt)
      this.#epoch = this.#nextEpoch()
    this.#sealsLeft--
    return this.#epoch
  }

  /** The key for a prefix, given as bytes and as the text in the token. */
  forOpening(prefix: Uint8Array, prefixText: string): KeyObject {
    return this.#epoch?.prefixText === prefixText ? this.#epoch.messageKey : this.#derive(prefix)
  }

  #nextEpoch(): Epoch {
    const prefix = Buffer.alloc(HALF_NONCE_BYTES)
    this.#fillRandom(prefix, 0, HALF_NONCE_BYTES)
    this.#sealsLeft = EPOCH_SEALS
    this.#endsAt = Date.now() + EPOCH_MS
    return { messageKey: this.#derive(prefix), prefix, prefixText: prefix.toString('base64url') }
  }
}
