/** Prints the figures that `docs/scaling.md` uses: `pnpm --filter bench scaling`. SESSIONS and VISITS set the amounts. */
import { measurePostgres } from './scaling/postgres.ts'
import { measureRedis } from './scaling/redis.ts'
import type { Constants } from './scaling/constants.ts'
import type { Cost } from './scaling/traffic.ts'

const SESSIONS = Number(process.env['SESSIONS'] ?? 1_000_000)
const VISITS = Number(process.env['VISITS'] ?? 50_000)

const BILLION = 1e9
const RATE = 100_000
const GIB = 2 ** 30
/** How much of a core, a network card and memory may be used, which leaves room for a failover. */
const LOAD = 0.6

const whole = (number: number): string => Math.round(number).toLocaleString('en')

function print(name: string, { textBytes, sessionBytes, subjectBytes, read, write }: Constants): void {
  console.log(
    `\n## ${name}, ${whole(SESSIONS)} sessions of ${textBytes} bytes of sealed text, ${whole(VISITS)} visits\n`,
  )
  console.log('| session | bytes |\n|---|---|')
  console.log(
    `| anonymous | ${whole(sessionBytes)} |\n| logged in, with its index entry | ${whole(subjectBytes)} |\n`,
  )
  console.log(
    '| request | bytes to the server | bytes back | µs of Node | µs of the server |\n|---|---|---|---|---|',
  )
  for (const [kind, cost] of Object.entries({ read, write })) {
    const { bytesUp, bytesDown, nodeMicros, serverMicros } = cost
    console.log(`| ${kind} | ${[bytesUp, bytesDown, nodeMicros, serverMicros].map(whole).join(' | ')} |`)
  }
  console.log(`\n${whole(RATE)} requests per second, one write in ten, and ${whole(BILLION)} sessions need:`)
  const mixed = (part: keyof Cost): number => 0.9 * read[part] + 0.1 * write[part]
  const cores = (micros: number): string => whole(Math.ceil((RATE * micros) / 1e6 / LOAD))
  console.log(
    `- ${cores(mixed('serverMicros'))} cores of the server, ${cores(mixed('nodeMicros'))} of Node without HTTP`,
  )
  console.log(`- ${((RATE * 8 * (mixed('bytesUp') + mixed('bytesDown'))) / 1e9).toFixed(1)} Gbit/s`)
  console.log(`- ${whole((BILLION * sessionBytes) / GIB / LOAD)} GiB, before replicas`)
}

const redis = await measureRedis(SESSIONS, VISITS)
if (redis !== undefined) print('Redis', redis)
const postgres = await measurePostgres(SESSIONS, VISITS)
if (postgres !== undefined) print('PostgreSQL', postgres)
