import { FRAMEWORKS } from '../http/all.ts'
import type { Framework, Use } from '../http/variants.ts'
import type { Goal } from '../report.ts'
import { type HeapRow, measureHeap } from '../requests/heap.ts'
import { pairwise, spreadOf } from '../statistics.ts'

const OWN = 'keepsake, sealed'

/** Of a request that writes a sealed session on node:http. */
const MAX_WRITE_BYTES = 7000
/** Of a request whose handler never looks at its session. */
const MAX_UNTOUCHED_BYTES: Readonly<Record<Framework, number>> = {
  'node:http': 500,
  'Express 5': 900,
  'Koa 3': 300,
}

/** node:http comes first in either measurement, so that its figures are the same in both. */
export async function heapOfWrite(): Promise<readonly Goal[]> {
  return heapGoals(measureHeap(['node:http']), 'node:http', 'write', MAX_WRITE_BYTES)
}

export async function heapOfUntouched(): Promise<readonly Goal[]> {
  const rows = measureHeap(FRAMEWORKS)
  return FRAMEWORKS.flatMap((framework) =>
    heapGoals(rows, framework, 'untouched', MAX_UNTOUCHED_BYTES[framework]),
  )
}

function heapGoals(rows: readonly HeapRow[], framework: Framework, use: Use, limit: number): Goal[] {
  const bytesOf = (name: string): readonly number[] =>
    rows.find((row) => row.framework === framework && row.use === use && row.name === name)?.bytes ?? []
  const value = spreadOf(pairwise(bytesOf(OWN), bytesOf('bare'), (bytes, bare) => bytes - bare))
  const text = `${framework}: heap of a sealed session, ${use}, more than the bare handler`
  return [{ text, value, unit: 'B', limit, bound: 'at most' }]
}
