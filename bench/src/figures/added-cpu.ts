import { startRedis } from '@keepsake/test-services'
import { PROTOTYPE } from '../http/variants.ts'
import type { Goal } from '../report.ts'
import { stayOnOneCore } from '../one-core.ts'
import { blocksOf, pairwise, ratioOf } from '../statistics.ts'
import { takeTurns } from './turns.ts'

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

export const sealedWrite = (): Promise<readonly Goal[]> => onOneCore(SEALED)
export const memoryWrite = (): Promise<readonly Goal[]> => onOneCore(MEMORY)

async function onOneCore(comparison: Comparison): Promise<readonly Goal[]> {
  stayOnOneCore()
  return compare(comparison, undefined)
}

export async function redisWrite(): Promise<readonly Goal[]> {
  stayOnOneCore()
  const server = await startRedis()
  if (server === undefined) return []
  try {
    return await compare(REDIS, server.url)
  } finally {
    await server.stop()
  }
}

const BARE = 'bare'
const USE = 'write'
/** Longer than the time in which a young generation fills up. */
const SLICE_MS = 100
const ROUNDS = 120
/** Rounds in which V8 still optimizes. */
const WARM_UP = 24
const BLOCK = 12
/** The share of a block's turns that counts: other work on the machine only ever adds CPU. */
const UNDISTURBED = 0.9

/** The ratio of what both libraries add to the bare handler, one value for each block of rounds. */
async function compare(
  { text, own, other, limit }: Comparison,
  redisUrl: string | undefined,
): Promise<readonly Goal[]> {
  const tasks = [BARE, own, other].map((name) => ({ name, use: USE, redisUrl, sliceMs: SLICE_MS }) as const)
  const turnsOf = await takeTurns(text, tasks, WARM_UP + ROUNDS)
  const costsOf = (name: string): number[] => blocksOf(turnsOf(name).slice(WARM_UP), BLOCK).map(undisturbed)
  const bare = costsOf(BARE)
  const [ours, theirs] = [own, other].map((name) =>
    pairwise(costsOf(name), bare, (cost, base) => cost - base),
  )
  return [{ text, value: ratioOf(ours ?? [], theirs ?? []), limit, bound: 'at most' }]
}

function undisturbed(turns: readonly number[]): number {
  const counted = turns.toSorted((a, b) => a - b).slice(0, Math.ceil(turns.length * UNDISTURBED))
  return counted.reduce((sum, cost) => sum + cost, 0) / counted.length
}
