import { fastifyVariants } from './http/fastify.ts'
import { honoVariants } from './http/hono.ts'
import { type Host, type Use, USES, type Variant } from './http/variants.ts'
import { type Findings, shownRatio, shownSpread } from './report.ts'
import { BYTES } from './requests/candidate.ts'
import { chartOf } from './requests/chart.ts'
import { measureUse } from './requests/measure.ts'
import { type Row, rowOf } from './requests/row.ts'
import { ratioOf, spreadOf } from './statistics.ts'
import type { Table } from './table.ts'

/** All measured applications, by the framework whose session plugins are the peers. */
export const HOSTS: Readonly<Record<Host, () => readonly Variant[]>> = {
  'Fastify 5': fastifyVariants,
  'Hono 4': honoVariants,
}

const NAMES = Object.keys(HOSTS) as readonly Host[]

export async function hosts(): Promise<Findings> {
  const rows: Row[] = []
  for (const host of NAMES) {
    const variants = HOSTS[host]()
    for (const use of USES) rows.push(...(await measureUse('hosts', variants, use)))
  }
  return {
    tables: NAMES.map((host) => tableOf(host, rows)),
    goals: [],
    notes: [
      'Requests pass a real http.Server and its parser, over memory instead of sockets; @hono/node-server serves Hono there.',
      'Ratios compare what a peer adds with what Keepsake adds in the same place, the cookie or memory; above 1, the peer adds more.',
      'Peers write as rarely as possible: rolling, saveUninitialized and autoExtendExpiration are false.',
      '@hono/session has no memory store, so it uses a Map, like the memory stores of the other peers.',
    ],
    bare: rows.filter(({ variant }) => variant.name === 'bare').map(({ cpu }) => cpu),
    chart: chartOf(NAMES, rows),
  }
}

function tableOf(host: Host, rows: readonly Row[]): Table {
  const names = rows.filter(({ variant }) => variant.framework === host).map(({ variant }) => variant.name)
  return {
    title: `${host}, a session of ${BYTES} B, over a connection in memory: added µs of CPU per request, and × Keepsake’s`,
    head: ['variant', ...USES.flatMap((use) => (hasRatio(use) ? [use, `${use}, ×`] : [use]))],
    rows: [...new Set(names)].map((name) => [name, ...USES.flatMap((use) => cellsOf(rows, host, name, use))]),
  }
}

/** The cost of an untouched session is too close to zero to be a divisor. */
const hasRatio = (use: Use): boolean => use !== 'untouched'

function cellsOf(rows: readonly Row[], host: Host, name: string, use: Use): readonly string[] {
  const row = rowOf(rows, host, name, use)
  const own = rowOf(rows, host, name.endsWith(', memory') ? 'keepsake, memory' : 'keepsake, sealed', use)
  if (row === undefined || own === undefined) return []
  const isBare = name === 'bare'
  const added = isBare ? `${shownSpread(row.cpu)} in all` : shownSpread(spreadOf(row.addedCpu))
  if (!hasRatio(use)) return [added]
  return [added, isBare || row === own ? '' : shownRatio(ratioOf(row.addedCpu, own.addedCpu))]
}
