import type { Framework, Use } from '../http/variants.ts'
import type { Goal } from '../report.ts'
import { type HeapRow, measureHeap } from '../requests/heap.ts'
import { blocksOf, pairwise, spreadOf } from '../statistics.ts'

const OWN = 'keepsake, sealed'

/** For a request that writes a sealed session on node:http. */
const MAX_WRITE_BYTES = 7000
/** For a request whose handler never accesses its session. */
const MAX_UNTOUCHED_BYTES = { 'node:http': 500, 'Express 5': 900 } as const
const UNTOUCHED = ['node:http', 'Express 5'] as const

/** node:http runs first in both measurements, so that its figures are comparable. */
export async function heapOfWrite(): Promise<readonly Goal[]> {
  return heapGoals(measureHeap(['node:http']), 'node:http', 'write', MAX_WRITE_BYTES)
}

export async function heapOfUntouched(): Promise<readonly Goal[]> {
  const rows = measureHeap(UNTOUCHED)
  return UNTOUCHED.flatMap((framework) =>
    heapGoals(rows, framework, 'untouched', MAX_UNTOUCHED_BYTES[framework]),
  )
}

/** Of several rounds the smallest counts: V8 compiles on the same heap meanwhile, which only ever adds bytes. */
const BLOCK = 5

function heapGoals(rows: readonly HeapRow[], framework: Framework, use: Use, limit: number): Goal[] {
  const leastOf = (name: string): number[] => {
    const found = rows.find((row) => row.framework === framework && row.use === use && row.name === name)
    return blocksOf(found?.bytes ?? [], BLOCK).map((block) => Math.min(...block))
  }
  const value = spreadOf(pairwise(leastOf(OWN), leastOf('bare'), (bytes, bare) => bytes - bare))
  const text = `${framework}: heap added by a sealed session, ${use}`
  return [{ text, value, unit: 'B', limit, bound: 'at most' }]
}
