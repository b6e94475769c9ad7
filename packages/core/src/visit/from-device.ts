import type { DeviceProofs } from '../device/proofs.ts'
import type { CookieHeader } from '../cookie/read.ts'
import type { Leaving, Lookup } from './setup.ts'

/** What a lookup comes to for a request of this header; `now` in epoch seconds. */
export type FromDevice = (lookup: Lookup, header: CookieHeader, now: number) => Lookup

/**
 * Holds what was looked up to the device that it is bound to. A session that does not come from there stays as it is, cookie and
 * all, and this request gets another one; so the browser that has the key can come back.
 */
export function fromDevice(device: DeviceProofs): FromDevice {
  /** The device's cookie goes with that of the session. */
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

/** Whether a record was looked up that ends with this request, because it came from elsewhere than its device. */
export const isEndedFor = ({ device, record }: Lookup): boolean =>
  device !== undefined && record !== undefined && (device === 'unregistered' || device === 'copied')
