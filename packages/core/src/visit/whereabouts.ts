import type { InForce, Mode } from '../modes/mode.ts'
import type { Explanation } from '../session/state.ts'

/** Where a session lives, or would live without a record, and which cookies a logout of it ends. */
export function whereaboutsOf(
  mode: Mode,
  record: InForce | undefined,
): Pick<Explanation, 'mode' | 'logoutEnds'> {
  if (record === undefined) return { mode: mode.name, logoutEnds: endsOf(!mode.isLazy) }
  const place = record.place === undefined ? 'cookie' : 'store'
  return { mode: place, logoutEnds: endsOf(mode.watchRecord(record) !== undefined) }
}

const endsOf = (isEndable: boolean): Explanation['logoutEnds'] =>
  isEndable ? 'every_copy' : 'browser_cookie'
