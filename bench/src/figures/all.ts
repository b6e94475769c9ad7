import { sealedWrite, memoryWrite, redisWrite } from './added-cpu.ts'
import type { Goal } from '../report.ts'
import { counted, type Figure } from './figure.ts'
import { filesPassed } from './files-passed.ts'
import { heapOfUntouched, heapOfWrite } from './heap.ts'
import { bytesToRedis, type Regenerating, regeneratingInMemory, regeneratingInRedis } from './store-work.ts'
import { structureOf } from '../structure.ts'

const SOURCES = ['--conditions=@keepsake/source']

/** By the name for `pnpm --filter bench figure NAME`. */
export const FIGURES: Readonly<Record<string, Figure>> = {
  structure: {
    flags: [],
    async measure() {
      const core = structureOf('core')
      return [
        counted('core: floors (the longest chain of files that import each other)', core.chain.length, 12),
        counted('node-http: floors', structureOf('node-http').chain.length, 6),
        counted('core: lines of source, including documentation', core.lines, 6200),
      ]
    },
  },
  'files-passed': {
    flags: SOURCES,
    async measure() {
      const files = await filesPassed()
      return [counted('core: files that a write with a store passes through', files.length, 20)]
    },
  },
  regenerate: { flags: [], measure: regenerate },
  'redis-bytes': {
    flags: [],
    async measure() {
      const bytes = await bytesToRedis()
      return bytes === undefined ? [] : [counted('Redis, write: bytes to the server', bytes, 560, 'B')]
    },
  },
  'sealed-write': { flags: [], measure: sealedWrite },
  'memory-write': { flags: [], measure: memoryWrite },
  'redis-write': { flags: [], measure: redisWrite },
  'heap-write': { flags: [], measure: heapOfWrite },
  'heap-untouched': { flags: [], measure: heapOfUntouched },
}

async function regenerate(): Promise<readonly Goal[]> {
  const inMemory = await regeneratingInMemory()
  const inRedis = await regeneratingInRedis()
  return [
    ...goalsOf('calls of a memory store', inMemory),
    ...(inRedis === undefined ? [] : goalsOf('commands to Redis', inRedis)),
  ]
}

const goalsOf = (what: string, { anonymous, loggedIn }: Regenerating): readonly Goal[] => [
  counted(`regenerate, anonymous: ${what} besides the read`, anonymous.length, 1),
  counted(`regenerate, logged in: ${what} besides the read`, loggedIn.length, 1),
]
