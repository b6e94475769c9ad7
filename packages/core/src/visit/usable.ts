import type { Loaded } from '../modes/mode.ts'
import { sidText } from '../crypto/token.ts'

/** Whether another request has given the session of this cookie a new one a moment ago. */
export const isSuperseded = ({ reason }: Loaded): boolean => reason === 'superseded'

/** The valid sessions, each with its newest cookie, or, of two equally new ones, the one under the current name. */
export function usableOf(present: readonly Loaded[], former: readonly Loaded[]): readonly Loaded[] {
  const usable = newestOfEach([...former, ...present])
  const sids = new Set(present.map(sidOf))
  const ofPresent = usable.filter((one) => sids.has(sidOf(one)))
  return ofPresent.length > 0 || present.some(isSuperseded) ? ofPresent : usable
}

const sidOf = ({ record }: Loaded): string | undefined => record && sidText(record.sid)

/** The valid ones; of those with the same sid, only the one issued last, or the last in the header. */
function newestOfEach(loaded: readonly Loaded[]): readonly Loaded[] {
  const newest = new Map<string, Loaded>()
  for (const one of loaded) {
    const { record } = one
    if (record === undefined) continue
    const sid = sidText(record.sid)
    if ((newest.get(sid)?.record?.issued ?? 0) <= record.issued) newest.set(sid, one)
  }
  return [...newest.values()]
}
