import { FRAMEWORKS, VARIANTS } from './http/all.ts'
import { openBackends } from './http/backends.ts'
import { withServers } from './http/servers.ts'
import { USES } from './http/variants.ts'
import { type Findings, shownSpread } from './report.ts'
import { BYTES } from './requests/candidate.ts'
import { chartOf } from './requests/chart.ts'
import { goalsOf } from './requests/goals.ts'
import { type HeapRow, measureHeap } from './requests/heap.ts'
import { measureUse } from './requests/measure.ts'
import type { Row } from './requests/row.ts'
import { type Spread, spreadOf } from './statistics.ts'
import type { Table } from './table.ts'

export async function requests(): Promise<Findings> {
  const heap = measureHeap(FRAMEWORKS)
  return withServers(async (servers, missing) => {
    const backends = await openBackends(servers)
    const rows: Row[] = []
    for (const framework of FRAMEWORKS) {
      const variants = VARIANTS[framework](backends.list)
      for (const use of USES) rows.push(...(await measureUse('requests', variants, use)))
    }
    await backends.close()
    return {
      tables: FRAMEWORKS.flatMap((framework) => [tableOf(framework, rows), heapTableOf(framework, heap)]),
      goals: goalsOf(rows),
      notes: missing,
      bare: rows.filter(({ variant }) => variant.name === 'bare').map(({ cpu }) => cpu),
      chart: chartOf(FRAMEWORKS, rows),
    }
  })
}

function tableOf(framework: string, rows: readonly Row[]): Table {
  const own = rows.filter(({ variant }) => variant.framework === framework)
  return {
    title: `${framework}, a session of ${BYTES} B: added µs per request, wall (p25–p75) / CPU`,
    head: ['variant', ...USES],
    rows: [...new Set(own.map(({ variant }) => variant.name))].map((name) => [
      name,
      ...own
        .filter(({ variant }) => variant.name === name)
        .map((row) =>
          name === 'bare' ? `${shownSpread(row.wall)} in all` : added(row.addedWall, spreadOf(row.addedCpu)),
        ),
    ]),
  }
}

const signed = (value: number): string => (value < 0 ? '' : '+') + value.toFixed(1)

function added(wall: Spread, cpu: Spread): string {
  return `${signed(wall.median)} (${signed(wall.p25)}–${signed(wall.p75)}) / ${signed(cpu.median)}`
}

function heapTableOf(framework: string, heap: readonly HeapRow[]): Table {
  const own = heap.filter((row) => row.framework === framework)
  return {
    title: `${framework}, a session of ${BYTES} B: bytes of heap per request`,
    head: ['variant', ...USES],
    rows: [...new Set(own.map(({ name }) => name))].map((name) => [
      name,
      ...own.filter((row) => row.name === name).map(({ bytes }) => shownSpread(spreadOf(bytes))),
    ]),
  }
}
