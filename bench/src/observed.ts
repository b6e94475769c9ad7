/**
 * Prints the cost of observation: `pnpm --filter bench observed`. Needs no build; runs from the sources. A request reads a
 * session in the memory store, and every second one changes it, without HTTP. "None" is measured twice: the difference is the noise.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { createSessions, memoryStore, SESSION_CHANNEL, STORE_CHANNEL } from '@keepsake/core'
import { type Candidate, measure } from './rounds.ts'
import { spreadOf } from './statistics.ts'

interface Counted {
  visits: number
}

const SECRET = 'a secret that is only for benchmarks: 52 characters..'
const QUIET = 'none'
const SCHEDULE = { rounds: 41, sliceMs: 20 }

let heard = 0
const listen = (): void => void heard++
const EVENTS = [SESSION_CHANNEL]
const CALLS = ['start', 'asyncEnd'].map((part) => `tracing:${STORE_CHANNEL}:${part}`)

/** Requests of one visitor while these channels have a listener. */
async function requestsOf(name: string, channels: readonly string[], log?: 'dev'): Promise<Candidate> {
  const { error } = console
  console.error = () => undefined
  const sessions = createSessions<Counted>({ secrets: [SECRET], store: memoryStore(), log })
  const first = await sessions.open(undefined)
  first.session.visits = 1
  const cookie = (await first.close()).find(([header]) => header === 'Set-Cookie')?.[1].split(';')[0]
  console.error = error

  async function run(times: number): Promise<void> {
    for (let n = 0; n < times; n++) {
      const visit = await sessions.open(cookie)
      const visits = visit.session.visits ?? 0
      if (n % 2 === 0) visit.session.visits = visits + 1
      await visit.close()
    }
  }

  return {
    name,
    async run(times) {
      for (const channel of channels) subscribe(channel, listen)
      console.error = () => undefined
      await run(times)
      console.error = error
      for (const channel of channels) unsubscribe(channel, listen)
    },
  }
}

const candidates = [
  await requestsOf(QUIET, []),
  await requestsOf(`${QUIET}, again`, []),
  await requestsOf('events', EVENTS),
  await requestsOf('store calls', CALLS),
  await requestsOf('both', [...EVENTS, ...CALLS]),
  await requestsOf('the development log, not printed', [], 'dev'),
]
const seriesOf = await measure('observed', candidates, SCHEDULE)
const quiet = spreadOf(seriesOf(QUIET).cpu).median
console.log('| listener | µs of CPU per request (p25–p75) | added |\n|---|---|---|')
for (const { name } of candidates) {
  const { median, p25, p75 } = spreadOf(seriesOf(name).cpu)
  console.log(
    `| ${name} | ${median.toFixed(2)} (${p25.toFixed(2)}–${p75.toFixed(2)}) | ${(median - quiet).toFixed(2)} |`,
  )
}
console.log(`\n${heard.toLocaleString('en')} messages were received.`)
