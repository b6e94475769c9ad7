import { flat, sessionsOf, SIZES, type ShopData, type Size } from './data.ts'
import { partsOf } from './parts.ts'
import type { AsyncCodec, SyncCodec } from './peers/codec.ts'
import { gcmFloor } from './peers/floor.ts'
import { h3, hapiIron, ironSession } from './peers/iron.ts'
import { keepsakeSealer, keepsakeVisit } from './peers/keepsake.ts'
import { secureSession } from './peers/secure-session.ts'
import { cookieSessionCodec } from './peers/signed.ts'
import { joseJwe, remixCookieSession } from './peers/web.ts'
import { type Findings, type Goal, shownNumber, shownRatio, shownSpread } from './report.ts'
import { type Candidate, measure } from './rounds.ts'
import { ratioOf, spreadOf, sumOf } from './statistics.ts'
import type { Table } from './table.ts'
import { inFlight, once, serial } from './work.ts'

/** A codec and its results for one session size, under the names of its two measured directions. */
interface Entry {
  readonly name: string
  readonly candidates: readonly [seal: Candidate, open: Candidate]
  readonly tokenChars: number
}

/** Both directions of one row, one value per round. */
interface Measured extends Entry {
  readonly seal: readonly number[]
  readonly open: readonly number[]
  readonly wall: readonly number[]
  readonly cpu: readonly number[]
}

export async function codec(): Promise<Findings> {
  const skipped: string[] = []
  const found = await secureSession()
  if (typeof found === 'string') skipped.push(found)
  const sync = [keepsakeSealer(), keepsakeVisit(), gcmFloor(), cookieSessionCodec()]
  if (typeof found !== 'string') sync.push(found)
  const async = [await joseJwe(), hapiIron, ironSession, remixCookieSession(), h3]
  const sections = []
  for (const size of SIZES) sections.push(await measureSize(size, sync, async))
  return {
    tables: sections.flatMap(({ tables }) => tables),
    goals: sections.flatMap(({ goals }) => goals),
    notes: skipped,
    chart: {
      title: 'Sealing and opening a session',
      unit: 'microseconds of CPU, with 16 in flight if asynchronous; shorter is better',
      groups: sections.map(({ size, rows }) => ({
        title: size.name,
        bars: rows
          .filter(({ name }) => !name.endsWith(SERIAL))
          .map(({ name, cpu }) => ({ label: name.replace(IN_FLIGHT, ''), value: spreadOf(cpu) })),
      })),
    },
  }
}

const SERIAL = ', one at a time'
const IN_FLIGHT = ', 16 in flight'

async function measureSize(size: Size, sync: readonly SyncCodec[], async: readonly AsyncCodec[]) {
  const data = sessionsOf(size.bytes)
  const parts = partsOf(data)
  const entries = sync.map((codec) => syncEntry(codec, data))
  for (const codec of async) entries.push(...(await asyncEntries(codec, data)))
  const candidates = [...parts.seal, ...parts.open, ...entries.flatMap((entry) => entry.candidates)]
  const seriesOf = await measure(`codec, ${size.name}`, candidates)
  const rows = entries.map((entry): Measured => {
    const [seal, open] = entry.candidates.map(({ name }) => seriesOf(name)) as [Series, Series]
    const wall = sumOf(seal.wall, open.wall)
    return { ...entry, seal: seal.wall, open: open.wall, wall, cpu: sumOf(seal.cpu, open.cpu) }
  })
  const sum = sumOf(...[...parts.seal, ...parts.open].map(({ name }) => seriesOf(name).cpu))
  const partRows = [...parts.seal, ...parts.open].map(({ name }) => [
    name,
    shownSpread(spreadOf(seriesOf(name).cpu)),
  ])
  const partTable: Table = {
    title: `The parts of a seal and an open, ${size.name}: µs of CPU`,
    head: ['part', 'median (p25–p75)'],
    rows: [...partRows, ['their sum', shownSpread(spreadOf(sum))]],
  }
  return { size, rows, tables: [partTable, tableOf(size, rows)], goals: goalsOf(size, rows, sum) }
}

type Series = Awaited<ReturnType<typeof measure>> extends (name: string) => infer S ? S : never

function syncEntry(codec: SyncCodec, data: readonly ShopData[]): Entry {
  const tokens = data.map((item) => flat(codec.seal(item)))
  return {
    name: codec.name,
    candidates: [
      once(`${codec.name} seal`, data, codec.seal),
      once(`${codec.name} open`, tokens, codec.open),
    ],
    tokenChars: longest(tokens),
  }
}

async function asyncEntries(codec: AsyncCodec, data: readonly ShopData[]): Promise<Entry[]> {
  const tokens = (await Promise.all(data.map((item) => codec.seal(item)))).map(flat)
  return [
    [SERIAL, serial],
    [IN_FLIGHT, inFlight],
  ].map(([suffix, work]) => entryOf(codec, suffix as string, work as typeof serial, data, tokens))
}

function entryOf(
  codec: AsyncCodec,
  suffix: string,
  work: typeof serial,
  data: readonly ShopData[],
  tokens: readonly string[],
): Entry {
  const name = codec.name + suffix
  return {
    name,
    candidates: [work(`${name} seal`, data, codec.seal), work(`${name} open`, tokens, codec.open)],
    tokenChars: longest(tokens),
  }
}

const longest = (tokens: readonly string[]): number => Math.max(...tokens.map((token) => token.length))

function rowOf(rows: readonly Measured[], name: string): Measured | undefined {
  return rows.find((row) => row.name === name)
}

function tableOf(size: Size, rows: readonly Measured[]): Table {
  const own = rowOf(rows, 'keepsake')
  return {
    title: `Sealing and opening, ${size.name}: µs`,
    head: ['codec', 'seal', 'open', 'CPU for both', '× keepsake, CPU', '× keepsake, wall', 'token'],
    rows: rows.map((row) => [
      row.name,
      shownSpread(spreadOf(row.seal)),
      shownSpread(spreadOf(row.open)),
      shownSpread(spreadOf(row.cpu)),
      own === undefined || row === own ? '' : shownRatio(ratioOf(row.cpu, own.cpu)),
      own === undefined || row === own ? '' : `${shownNumber(ratioOf(row.wall, own.wall).median)} ×`,
      String(row.tokenChars),
    ]),
  }
}

function goalsOf(size: Size, rows: readonly Measured[], sum: readonly number[]): Goal[] {
  const own = rowOf(rows, 'keepsake')
  const floor = rowOf(rows, 'AES-GCM floor')
  const sodium = rowOf(rows, '@fastify/secure-session')
  const [serially, together] = [rowOf(rows, `iron-session${SERIAL}`), rowOf(rows, `iron-session${IN_FLIGHT}`)]
  if (own === undefined || floor === undefined || serially === undefined || together === undefined) return []
  const isSmall = size.bytes < 1000
  const atMost = (text: string, limit: number, other: readonly number[]): Goal => {
    return { text: `${size.name}: ${text}`, value: ratioOf(own.cpu, other), limit, bound: 'at most' }
  }
  const goals = [
    atMost('seal and open against the sum of their parts', 1.25, sum),
    atMost('against the AES-GCM floor', isSmall ? 1.3 : 1.15, floor.cpu),
  ]
  if (sodium) goals.push(atMost('against @fastify/secure-session', isSmall ? 1.5 : 1, sodium.cpu))
  if (size.bytes !== 1000) return goals
  return [
    ...goals,
    {
      text: `${size.name}: CPU of iron-session, 16 in flight`,
      value: ratioOf(together.cpu, own.cpu),
      limit: 25,
      bound: 'at least',
    },
    {
      text: `${size.name}: time of iron-session, one at a time`,
      value: ratioOf(serially.wall, own.wall),
      limit: 60,
      bound: 'at least',
    },
  ]
}
