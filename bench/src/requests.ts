import { FRAMEWORKS, VARIANTS } from './http/all.ts'
import { openBackends } from './http/backends.ts'
import { withServers } from './http/servers.ts'
import { type Use, USES, type Variant } from './http/variants.ts'
import { type Findings, shownSpread } from './report.ts'
import { BYTES, candidateOf } from './requests/candidate.ts'
import { goalsOf } from './requests/goals.ts'
import { type HeapRow, measureHeap } from './requests/heap.ts'
import type { Row } from './requests/row.ts'
import { type Candidate, measure } from './rounds.ts'
import { pairwise, ratioOf, type Spread, spreadOf } from './statistics.ts'
import type { Table } from './table.ts'

/** What an untouched session adds is so little that more rounds are needed to see it. */
const ROUNDS: Readonly<Record<Use, number>> = { untouched: 31, read: 15, write: 15 }
const SLICE_MS = 15

export async function requests(): Promise<Findings> {
  const heap = measureHeap(FRAMEWORKS)
  return withServers(async (servers, missing) => {
    const backends = await openBackends(servers)
    const rows: Row[] = []
    for (const framework of FRAMEWORKS) {
      const variants = VARIANTS[framework](backends.list)
      for (const use of USES) rows.push(...(await measureUse(variants, use)))
    }
    await backends.close()
    return {
      tables: FRAMEWORKS.flatMap((framework) => [tableOf(framework, rows), heapTableOf(framework, heap)]),
      goals: goalsOf(rows),
      notes: missing,
      bare: rows.filter(({ variant }) => variant.name === 'bare').map(({ cpu }) => cpu),
      chart: chartOf(rows),
    }
  })
}

function chartOf(rows: readonly Row[]): Findings['chart'] {
  return {
    title: `What a session of ${BYTES} bytes adds to a request`,
    unit: 'microseconds of CPU of the Node process, without the kernel; shorter is better',
    groups: FRAMEWORKS.flatMap((framework) =>
      USES.map((use) => ({
        title: `${framework}, ${use}`,
        bars: rows
          .filter((row) => row.use === use && row.variant.framework === framework)
          .filter(({ variant }) => variant.name !== 'bare')
          .map(({ variant, addedCpu }) => ({ label: variant.name, value: spreadOf(addedCpu) })),
      })),
    ),
  }
}

const minus = (a: number, b: number): number => a - b

async function measureUse(variants: readonly Variant[], use: Use): Promise<Row[]> {
  const candidates: Candidate[] = []
  for (const variant of variants) candidates.push(await candidateOf(variant, use))
  const framework = variants[0]?.framework ?? ''
  const seriesOf = await measure(`requests, ${framework}, ${use}`, candidates, {
    rounds: ROUNDS[use],
    sliceMs: SLICE_MS,
  })
  const bare = seriesOf('bare')
  return variants.map((variant) => {
    const { wall, cpu } = seriesOf(variant.name)
    return {
      variant,
      use,
      wall: spreadOf(wall),
      cpu: spreadOf(cpu),
      addedWall: spreadOf(pairwise(wall, bare.wall, minus)),
      addedCpu: pairwise(cpu, bare.cpu, minus),
      ratio: ratioOf(bare.cpu, cpu),
    }
  })
}

function tableOf(framework: string, rows: readonly Row[]): Table {
  const own = rows.filter(({ variant }) => variant.framework === framework)
  return {
    title: `${framework}, a session of ${BYTES} B: added µs a request, wall (p25–p75) / CPU`,
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
    title: `${framework}, a session of ${BYTES} B: bytes of heap a request`,
    head: ['variant', ...USES],
    rows: [...new Set(own.map(({ name }) => name))].map((name) => [
      name,
      ...own.filter((row) => row.name === name).map(({ bytes }) => shownSpread(spreadOf(bytes))),
    ]),
  }
}
