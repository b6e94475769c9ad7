import type { Goal } from '../report.ts'
import { ratioOf } from '../statistics.ts'
import { PROTOTYPE, type Use } from '../http/variants.ts'
import { type Row, rowOf } from './row.ts'

/**
 * The limit for what a session of 100 B adds on node:http, in microseconds on a machine where the prototype adds the value
 * beside it. On any other machine, the prototype of the same rounds is the yardstick.
 */
const MICROSECONDS: readonly (readonly [name: string, use: Use, limit: number, prototype: number])[] = [
  ['keepsake, sealed', 'read', 6.5, 6.2],
  ['keepsake, memory', 'read', 7, 6.2],
  ['keepsake, memory', 'write', 13, 11.5],
]

/** The CPU that a memory store adds, as a multiple of express-session's. */
const LIMITS: Readonly<Record<Exclude<Use, 'untouched'>, number>> = { read: 0.33, write: 0.7 }

/** Goals that `figures` does not measure separately. */
export function goalsOf(rows: readonly Row[]): Goal[] {
  return [
    ...rows.flatMap(untouched),
    ...MICROSECONDS.flatMap((goal) => againstPrototype(rows, goal)),
    ...rows.flatMap((row) => againstExpressSession(row, rows)),
  ]
}

function untouched({ variant, use, ratio }: Row): Goal[] {
  if (variant.name !== 'keepsake, sealed' || use !== 'untouched') return []
  const text = `${variant.framework}: CPU of the bare handler, relative to one with an untouched session`
  return [{ text, value: ratio, limit: 0.98, bound: 'at least' }]
}

function againstPrototype(
  rows: readonly Row[],
  [name, use, limit, prototype]: (typeof MICROSECONDS)[number],
): Goal[] {
  const row = rowOf(rows, 'node:http', name, use)
  const least = rowOf(rows, 'node:http', PROTOTYPE, use)
  if (row === undefined || least === undefined) return []
  const text = `node:http, ${name}, ${use}: CPU added, relative to the prototype (${limit} µs where the prototype adds ${prototype})`
  return [{ text, value: ratioOf(row.addedCpu, least.addedCpu), limit: limit / prototype, bound: 'at most' }]
}

/** Our store keeps sealed records in memory, express-session's plain ones. */
function againstExpressSession({ variant, use, addedCpu }: Row, rows: readonly Row[]): Goal[] {
  if (variant.name !== 'keepsake, memory' || use === 'untouched') return []
  if (variant.framework === 'node:http' && use === 'write') return []
  const rival = rowOf(rows, variant.framework, 'express-session, memory', use)
  if (rival === undefined) return []
  const text = `${variant.framework}, ${use}: CPU added by a memory store, relative to express-session`
  return [{ text, value: ratioOf(addedCpu, rival.addedCpu), limit: LIMITS[use], bound: 'at most' }]
}
