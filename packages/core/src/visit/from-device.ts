import type { DeviceProofs } from '../device/proofs.ts'
import type { CookieHeader } from '../cookie/read.ts'
import type { Leaving, Lookup } from './setup.ts'

/** The result of a lookup for a request with this header; `now` in epoch seconds. */
export type FromDevice = (lookup: Lookup, header: CookieHeader, now: number) => Lookup

/**
 * Checks a looked-up session against its device. If the request does not come from there, the session and its cookie stay as they
 * are, and this request gets another session. So the browser that has the key can continue.
 */
export function fromDevice(device: DeviceProofs): FromDevice {
  /** The device's cookie is deleted together with the session's. */
  const leaving: Leaving = Object.freeze({ whenSet: [], whenCleared: [device.rules.cookie.clear()] })
  return (lookup, header, now) => {
    const { record } = lookup
    if (record === undefined) return lookup
    const { created, subject, content } = record
    const verdict = device.judge({ created, subject, binding: content.binding }, header, now)
    if (verdict === 'free') return lookup
    if (verdict === 'bound' || verdict === 'pending') return { ...lookup, device: verdict, leaving }
    const reason = verdict === 'copied' ? 'copied' : 'unbound'
    const isEnd = verdict === 'unregistered' || (verdict === 'copied' && device.rules.endsCopied)
    return isEnd
      ? { ...lookup, reason, device: verdict, leaving }
      : { ...lookup, reason, device: verdict, record: undefined, withheld: record, isMisplaced: false }
  }
}

/** Whether the looked-up record ends with this request, because the request does not come from its device. */
export const isEndedFor = ({ device, record }: Lookup): boolean =>
  device !== undefined && record !== undefined && (device === 'unregistered' || device === 'copied')
