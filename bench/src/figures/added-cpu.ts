import { startRedis } from '@keepsake/test-services'
import { openBackends } from '../http/backends.ts'
import { nodeHttpVariants } from '../http/node-http.ts'
import { PROTOTYPE } from '../http/variants.ts'
import type { Goal } from '../report.ts'
import { candidateOf } from '../requests/candidate.ts'
import { type Candidate, measure } from '../rounds.ts'
import { quantile, spreadOf } from '../statistics.ts'

/** The same write by one library and by another, both on node:http. */
interface Comparison {
  readonly text: string
  readonly own: string
  readonly other: string
  readonly limit: number
}

const SEALED: Comparison = {
  text: 'node:http, sealed, write: CPU added, relative to the prototype',
  own: 'keepsake, sealed',
  other: PROTOTYPE,
  limit: 1.3,
}
const MEMORY: Comparison = {
  text: 'node:http, memory, write: CPU added, relative to express-session',
  own: 'keepsake, memory',
  other: 'express-session, memory',
  limit: 0.7,
}
const REDIS: Comparison = {
  text: 'node:http, Redis, write, one at a time: CPU added, relative to express-session',
  own: 'keepsake, Redis',
  other: 'express-session, Redis',
  limit: 1,
}

export const sealedWrite = (): Promise<readonly Goal[]> => compare(SEALED, undefined)
export const memoryWrite = (): Promise<readonly Goal[]> => compare(MEMORY, undefined)

export async function redisWrite(): Promise<readonly Goal[]> {
  const server = await startRedis()
  if (server === undefined) return []
  try {
    return await compare(REDIS, server.url)
  } finally {
    await server.stop()
  }
}

const BARE = 'bare'
const WARM_UP = { rounds: 5, sliceMs: 15 }
/** Blocks of few applications, so that a round ends before the machine's state has changed. */
const ROUNDS = { rounds: 40, sliceMs: 20 }
const BLOCKS = 5
/** The quantile of rounds during which little else ran, so that the caches belonged to the benchmark. */
const UNDISTURBED = 0.1
const USE = 'write'

/**
 * First, every application of this framework runs, as in the benchmark of requests: V8 optimizes code differently if it has
 * seen only one library. Then the compared applications alternate with the bare handler, in blocks. Other work on the
 * machine only ever adds CPU to a round, so each block is represented by its first decile: it varies by a twentieth,
 * where the quartiles of single rounds differ by half.
 */
async function compare(
  { text, own, other, limit }: Comparison,
  redisUrl: string | undefined,
): Promise<readonly Goal[]> {
  const backends = await openBackends({ redisUrl, postgresUrl: undefined })
  const candidates: Candidate[] = []
  for (const variant of nodeHttpVariants(backends.list)) candidates.push(await candidateOf(variant, USE))
  await measure(`${text}, warming up`, candidates, WARM_UP)
  const compared = candidates.filter(({ name }) => [own, other, BARE].includes(name))
  const ratios: number[] = []
  for (let block = 1; block <= BLOCKS; block++) {
    const seriesOf = await measure(`${text}, ${block} of ${BLOCKS}`, compared, ROUNDS)
    const cpuOf = (name: string): number => quantile(seriesOf(name).cpu, UNDISTURBED)
    ratios.push((cpuOf(own) - cpuOf(BARE)) / (cpuOf(other) - cpuOf(BARE)))
  }
  await backends.close()
  return [{ text, value: spreadOf(ratios), limit, bound: 'at most' }]
}
