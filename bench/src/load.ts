import { FRAMEWORKS, VARIANTS } from './http/all.ts'
import { openBackends } from './http/backends.ts'
import { type Servers, withServers } from './http/servers.ts'
import { type Framework, type Use, USES } from './http/variants.ts'
import type { Hit } from './load/messages.ts'
import { type Generator, startGenerator, startTarget, type Target } from './load/processes.ts'
import { showProgress } from './progress.ts'
import { type Findings, type Goal, shownNumber, shownRatio, shownSpread } from './report.ts'
import { BYTES } from './requests/candidate.ts'
import { shuffled } from './rounds.ts'
import { ratioOf, spreadOf } from './statistics.ts'
import type { Table } from './table.ts'

const ROUNDS: Readonly<Record<Framework, number>> = { 'node:http': 9, 'Express 5': 5, 'Koa 3': 5 }
const SLICE_MS = 250
const WARM_UP_MS = 400

/** A variant with one use of the session, one value per round. */
interface Row {
  readonly framework: Framework
  readonly name: string
  readonly use: Use
  readonly hits: Hit[]
  /** Server CPU per request. */
  readonly cpu: number[]
}

export async function load(): Promise<Findings> {
  return withServers(async (servers, missing) => {
    const generator = startGenerator()
    const rows: Row[] = []
    for (const framework of FRAMEWORKS) rows.push(...(await measureFramework(framework, servers, generator)))
    generator.stop()
    return {
      tables: FRAMEWORKS.flatMap((framework) => USES.map((use) => tableOf(framework, use, rows))),
      goals: goalsOf(rows),
      notes: missing,
      bare: rows.filter(({ name }) => name === 'bare').map(({ cpu }) => spreadOf(cpu)),
      chart: chartOf(rows),
    }
  })
}

async function measureFramework(
  framework: Framework,
  servers: Servers,
  generator: Generator,
): Promise<readonly Row[]> {
  const backends = await openBackends(servers)
  // Uncached sessions would need more visitors than there are here.
  const variants = VARIANTS[framework](backends.list).filter(({ visitors = 1 }) => visitors === 1)
  const names = variants.map(({ name }) => name)
  await backends.close()
  const targets = new Map<string, Target>()
  for (const variant of names) {
    showProgress(`load, ${framework}: starting ${variant}`)
    targets.set(variant, await startTarget({ framework, variant, ...servers }))
  }
  const rows = names.flatMap((name) => USES.map((use): Row => ({ framework, name, use, hits: [], cpu: [] })))
  const shoot = async (row: Row, milliseconds: number): Promise<void> => {
    const target = targets.get(row.name)
    if (target === undefined) return
    const before = await target.cpuMicros()
    const hit = await generator.fire(target, row.use, milliseconds)
    row.hits.push(hit)
    row.cpu.push(((await target.cpuMicros()) - before) / hit.requests)
  }
  for (const row of rows) {
    showProgress(`load, ${framework}: warming up ${row.name}, ${row.use}`)
    await shoot({ ...row, hits: [], cpu: [] }, WARM_UP_MS)
  }
  for (let round = 1; round <= ROUNDS[framework]; round++) {
    showProgress(`load, ${framework}: round ${round} of ${ROUNDS[framework]}`)
    for (const row of shuffled(rows)) await shoot(row, SLICE_MS)
  }
  await Promise.all([...targets.values()].map((target) => target.stop()))
  showProgress('')
  return rows
}

const perSecond = ({ hits }: Row): number[] => hits.map(({ requests, seconds }) => requests / seconds)

function rowOf(rows: readonly Row[], framework: Framework, name: string, use: Use): Row | undefined {
  return rows.find((row) => row.framework === framework && row.name === name && row.use === use)
}

function tableOf(framework: Framework, use: Use, rows: readonly Row[]): Table {
  const bare = rowOf(rows, framework, 'bare', use)
  return {
    title: `${framework}, a session of ${BYTES} B, ${use}: under load, one session per visitor`,
    head: ['variant', 'requests per second', '× bare', 'µs of server CPU', 'latency p50, µs', 'p99, µs'],
    rows: rows
      .filter((row) => row.framework === framework && row.use === use)
      .map((row) => [
        row.name,
        shownSpread(spreadOf(perSecond(row))),
        bare === undefined || row === bare ? '' : shownRatio(ratioOf(perSecond(row), perSecond(bare))),
        shownSpread(spreadOf(row.cpu)),
        ...(['p50', 'p99'] as const).map((key) =>
          shownNumber(spreadOf(row.hits.map((hit) => hit[key])).median),
        ),
      ]),
  }
}

/** Requests per second as a multiple of those of express-session on the same server. */
const LEAST: readonly (readonly [backend: string, use: Use, least: number])[] = [
  ['Redis', 'read', 2.7],
  ['Redis', 'write', 2],
  ['PostgreSQL', 'read', 5],
]

function goalsOf(rows: readonly Row[]): Goal[] {
  return LEAST.flatMap(([backend, use, limit]): Goal[] => {
    const own = rowOf(rows, 'node:http', `keepsake, ${backend}`, use)
    const rival = rowOf(rows, 'node:http', `express-session, ${backend}`, use)
    if (own === undefined || rival === undefined) return []
    const text = `node:http, ${backend}, ${use}: requests per second, relative to express-session`
    return [{ text, value: ratioOf(perSecond(own), perSecond(rival)), limit, bound: 'at least' }]
  })
}

function chartOf(rows: readonly Row[]): Findings['chart'] {
  return {
    title: `Requests per second with a session of ${BYTES} bytes`,
    unit: 'over loopback, server and visitors and databases on one machine; longer is better',
    groups: FRAMEWORKS.flatMap((framework) =>
      USES.map((use) => ({
        title: `${framework}, ${use}`,
        bars: rows
          .filter((row) => row.framework === framework && row.use === use)
          .map((row) => ({ label: row.name, value: spreadOf(perSecond(row)) })),
      })),
    ),
  }
}
