import { openBackends } from '../http/backends.ts'
import { nodeHttpVariants } from '../http/node-http.ts'
import { candidateOf } from '../requests/candidate.ts'
import type { Use } from '../http/variants.ts'
import { calibrate } from '../rounds.ts'

/** What a process has to repeat: its only argument, as JSON. */
export interface TurnsTask {
  /** An application of node:http. */
  readonly name: string
  readonly use: Use
  readonly redisUrl: string | undefined
  readonly sliceMs: number
}

/** A turn: the number of its requests, and the microseconds of CPU that the process had used when it began. */
export interface Turn {
  readonly times: number
  readonly cpuBefore: number
}

const { name, use, redisUrl, sliceMs } = JSON.parse(process.argv[2] ?? '') as TurnsTask
const tell = (message: object): void => void process.send?.(message)

const backends = await openBackends({ redisUrl, postgresUrl: undefined })
const variant = nodeHttpVariants(backends.list).find((other) => other.name === name)
if (variant === undefined) throw new Error(`unknown application: ${name}`)
const candidate = await candidateOf(variant, use)
const times = await calibrate(candidate, sliceMs)

async function takeTurn(): Promise<void> {
  const { user, system } = process.cpuUsage()
  await candidate.run(times)
  tell({ times, cpuBefore: user + system } satisfies Turn)
}

process.on('message', () => void takeTurn())
process.on('disconnect', () => process.exit())
tell({})
