import { randomBytes } from 'node:crypto'
import { flat, sessionsOf, type ShopData } from './data.ts'
import type { SyncCodec } from './peers/codec.ts'
import { keepsakeSealer, keepsakeVisit } from './peers/keepsake.ts'
import { type Findings, type Goal, shownNumber, shownSpread } from './report.ts'
import { type Candidate, measure, type Series } from './rounds.ts'
import { exponentOf, spreadOf, sumOf } from './statistics.ts'
import type { Table } from './table.ts'
import type { Growth } from './growth/growing.ts'
import { byStoredSessions } from './growth/stored.ts'
import { once } from './work.ts'

interface Grown extends Growth {
  /** The cost at each size, one value per round. */
  readonly costs: readonly (readonly number[])[]
}

export async function growth(): Promise<Findings> {
  const grown: Grown[] = []
  for (const one of [bySessionSize(), bySecrets(), byCookies(), ...(await byStoredSessions())])
    grown.push(await measureGrowth(one))
  return {
    tables: grown.map(tableOf),
    goals: grown.map(goalOf),
    chart: {
      title: 'How cost grows',
      unit: 'microseconds of CPU; shorter is better',
      groups: grown.map(({ title, points, costs }) => ({
        title,
        bars: points.map(({ size }, index) => ({ label: String(size), value: spreadOf(costs[index] ?? []) })),
      })),
    },
  }
}

async function measureGrowth(growth: Growth): Promise<Grown> {
  const candidates = growth.points.flatMap((point) => point.candidates)
  const seriesOf = await measure(`growth, ${growth.title}`, candidates)
  const costOf = (own: readonly Candidate[]): number[] =>
    sumOf(...own.map(({ name }): Series['cpu'] => seriesOf(name).cpu))
  return { ...growth, costs: growth.points.map((point) => costOf(point.candidates)) }
}

/** Up to the largest size that fits into a cookie. The fixed cost of a message keeps the exponent below 1. */
function bySessionSize(): Growth {
  return {
    title: 'a complete visit in cookie mode, by bytes of data',
    limit: 1.05,
    points: [100, 200, 400, 800, 1600, 2900].map((size) => ({
      size,
      candidates: bothWays(`${size} B`, keepsakeVisit(), sessionsOf(size)),
    })),
  }
}

/** The token was sealed with the oldest secret, so that trying the secrets one by one would show. */
function bySecrets(): Growth {
  const secrets = Array.from({ length: 50 }, () => randomBytes(32).toString('base64url'))
  const data = sessionsOf(100)
  return {
    title: 'opening a session sealed with the oldest secret, by number of secrets',
    limit: 0.05,
    points: [1, 2, 5, 10, 20, 50].map((size) => {
      const tokens = data.map((item) => flat(keepsakeSealer(secrets.slice(size - 1, size)).seal(item)))
      const { open } = keepsakeSealer(secrets.slice(0, size))
      return { size, candidates: [once(`${size} secrets`, tokens, open)] }
    }),
  }
}

const other = (_: unknown, index: number): string =>
  `cookie_${index}=${randomBytes(30).toString('base64url')}`

/** The session's cookie is the last one. */
function byCookies(): Growth {
  const visit = keepsakeVisit()
  const data = sessionsOf(100)
  return {
    title: 'opening a session, by cookies in the header',
    limit: 1.05,
    points: [1, 4, 16, 64, 256].map((size) => {
      const others = Array.from({ length: size - 1 }, other)
      const headers = data.map((item) => flat([...others, visit.seal(item)].join('; ')))
      return { size, candidates: [once(`${size} cookies`, headers, visit.open)] }
    }),
  }
}

function bothWays(name: string, { seal, open }: SyncCodec, data: readonly ShopData[]): Candidate[] {
  const tokens = data.map((item) => flat(seal(item)))
  return [once(`${name} seal`, data, seal), once(`${name} open`, tokens, open)]
}

/** An exponent per round, so that it has a spread like every other figure. */
function exponents({ points, costs }: Grown): number[] {
  return (costs[0] ?? []).map((_, round) =>
    exponentOf(points.map(({ size }, index) => [size, costs[index]?.[round] ?? Number.NaN])),
  )
}

function tableOf(grown: Grown): Table {
  const { title, points, costs } = grown
  const rows = points.map(({ size }, index) => [String(size), shownSpread(spreadOf(costs[index] ?? []))])
  const exponent = shownNumber(spreadOf(exponents(grown)).median)
  return {
    title: `${title}: µs of CPU`,
    head: ['size', 'median (p25–p75)'],
    rows: [...rows, ['exponent', exponent]],
  }
}

function goalOf(grown: Grown): Goal {
  const { title, limit } = grown
  return { text: `exponent, ${title}`, value: spreadOf(exponents(grown)), unit: '', limit, bound: 'at most' }
}
