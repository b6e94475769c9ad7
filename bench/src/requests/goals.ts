import type { Goal } from '../report.ts'
import { ratioOf, spreadOf } from '../statistics.ts'
import { PROTOTYPE, type Use } from '../http/variants.ts'
import type { HeapRow } from './heap.ts'
import { type Row, rowOf } from './row.ts'

/**
 * The most that a session of 100 B may add on node:http, in microseconds on a machine where the prototype adds as much as
 * stands beside it; so that any machine can tell, it is judged against the prototype of the same rounds.
 */
const MICROSECONDS: readonly (readonly [name: string, use: Use, limit: number, prototype: number])[] = [
  ['keepsake, sealed', 'read', 6.5, 6.2],
  ['keepsake, sealed', 'write', 12, 11.5],
  ['keepsake, memory', 'read', 7, 6.2],
  ['keepsake, memory', 'write', 13, 11.5],
]

/** Of an untouched request, more than the bare handler. */
const MAX_HEAP_BYTES = 300

export function goalsOf(rows: readonly Row[], heap: readonly HeapRow[]): Goal[] {
  return [
    ...rows.flatMap(untouched),
    ...MICROSECONDS.flatMap((goal) => againstPrototype(rows, goal)),
    ...rows.flatMap((row) => againstExpressSession(row, rows)),
    ...heap.flatMap((row) => inHeap(row, heap)),
  ]
}

function untouched({ variant, use, ratio }: Row): Goal[] {
  if (variant.name !== 'keepsake, sealed' || use !== 'untouched') return []
  const text = `${variant.framework}: CPU of the bare handler in that of one with a session, untouched`
  return [{ text, value: ratio, limit: 0.98, bound: 'at least' }]
}

function againstPrototype(
  rows: readonly Row[],
  [name, use, limit, prototype]: (typeof MICROSECONDS)[number],
): Goal[] {
  const row = rowOf(rows, 'node:http', name, use)
  const least = rowOf(rows, 'node:http', PROTOTYPE, use)
  if (row === undefined || least === undefined) return []
  const text = `node:http, ${name}, ${use}: CPU added, in that of the prototype (${limit} µs where that adds ${prototype})`
  return [{ text, value: ratioOf(row.addedCpu, least.addedCpu), limit: limit / prototype, bound: 'at most' }]
}

/** Ours keeps sealed records in memory, express-session plain ones. */
function againstExpressSession({ variant, use, addedCpu }: Row, rows: readonly Row[]): Goal[] {
  if (variant.name !== 'keepsake, memory' || use === 'untouched') return []
  const rival = rowOf(rows, variant.framework, 'express-session, memory', use)
  if (rival === undefined) return []
  const text = `${variant.framework}, ${use}: CPU added by a memory store, in that of express-session`
  return [{ text, value: ratioOf(addedCpu, rival.addedCpu), limit: 0.33, bound: 'at most' }]
}

function inHeap(row: HeapRow, heap: readonly HeapRow[]): Goal[] {
  if (row.name !== 'keepsake, sealed' || row.use !== 'untouched') return []
  const bare = heap.find(
    ({ framework, name, use }) => framework === row.framework && name === 'bare' && use === row.use,
  )
  if (bare === undefined) return []
  const value = spreadOf(row.bytes.map((bytes, round) => bytes - (bare.bytes[round] ?? Number.NaN)))
  const text = `${row.framework}: heap more than the bare handler, untouched`
  return [{ text, value, unit: 'B', limit: MAX_HEAP_BYTES, bound: 'at most' }]
}
