import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto'

/*
 * stamp = base64url( time (6) ‖ HMAC-SHA-256( key, purpose ‖ time ‖ about ), the first 24 bytes )
 *
 * 40 characters without a spare bit, so that a stamp has one spelling.
 */
const TIME_BYTES = 6
const MAC_BYTES = 24
const STAMP = /^[A-Za-z0-9_-]{40}$/

/** Times that only this application can write, each for one purpose and one text. The server does not store them. */
export interface Stamps {
  /** @param time Epoch seconds. */
  write(purpose: string, time: number, about: string): string
  /**
   * Accepts any value: the time of a stamp that `write` made for this purpose and text, and undefined for
   * everything else.
   */
  timeIn(stamp: unknown, purpose: string, about: string): number | undefined
}

/** @param keys Newest first: the first key writes, all keys read. */
export function createStamps(keys: readonly [KeyObject, ...KeyObject[]]): Stamps {
  return Object.freeze<Stamps>({
    write(purpose, time, about) {
      const bytes = Buffer.alloc(TIME_BYTES)
      bytes.writeUIntBE(time, 0, TIME_BYTES)
      return Buffer.concat([bytes, macOf(keys[0], purpose, time, about)]).toString('base64url')
    },
    timeIn(stamp, purpose, about) {
      if (typeof stamp !== 'string' || !STAMP.test(stamp)) return undefined
      const bytes = Buffer.from(stamp, 'base64url')
      const time = bytes.readUIntBE(0, TIME_BYTES)
      const mac = bytes.subarray(TIME_BYTES)
      const isOurs = keys.some((key) => timingSafeEqual(macOf(key, purpose, time, about), mac))
      return isOurs ? time : undefined
    },
  })
}

/** Unambiguous, because no purpose contains a line break, and the stamp's text comes last. */
const macOf = (key: KeyObject, purpose: string, time: number, about: string): Buffer =>
  createHmac('sha256', key).update(`${purpose}\n${time}\n${about}`).digest().subarray(0, MAC_BYTES)
