/** Measures one store with the given number of rows in a separate process; prints the results to standard output as JSON. */
import { createSessions, memoryStore, type Store, type StoredRecord } from '@keepsake/core'
import { randomBytes } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { SECRET } from '../data.ts'
import { longestPause, type Pause } from '../memory/pause.ts'
import { quantile } from '../statistics.ts'
import { PLACES, type Row } from './places.ts'

/** How a task affected the rest of the process. */
export interface Held {
  readonly pause: Pause
  /** The 99th percentile of the time from when a read was due to its result, in milliseconds. */
  readonly read: number
  readonly seconds: number
}

export type Task = 'listFor' | 'revokeAll' | 'sweep'

/** Sessions of one user. */
const SESSIONS = 10_000
/** One in this many rows has expired and waits for the sweep. */
const OVER = 8
const HOUR_MS = 3_600_000
/** For stores that read every file: finding a user takes longer than the default of two seconds. */
const PATIENCE_MS = 600_000
const USER = 'somebody'
/** Concurrent reads by another visitor, due at this interval in milliseconds. */
const READ_EVERY_MS = 2

const [name, given, url = ''] = process.argv.slice(2)
process.stdout.write(JSON.stringify(await measurePlace(name as keyof typeof PLACES, Number(given))))

async function measurePlace(
  name: keyof typeof PLACES,
  count: number,
): Promise<Record<Task, Held | undefined>> {
  const place = await PLACES[name](url)
  const { store } = place
  const own = await sessionsOfOne()
  await place.fill(mixed(own, count))
  const sessions = createSessions({ secrets: [SECRET], store, storeTimeLimit: PATIENCE_MS })
  const read = async (): Promise<unknown> => store.read(own[0]?.[0] ?? '')
  const held = {
    listFor: await measureTask(read, async () => expect(SESSIONS, (await sessions.listFor(USER)).length)),
    revokeAll: await measureTask(read, async () => expect(SESSIONS, await sessions.revokeAll(USER))),
    sweep: store.sweep && (await measureTask(read, async () => void (await store.sweep?.(Date.now())))),
  }
  await place.close()
  return held
}

/** That many logins of one user. */
async function sessionsOfOne(): Promise<readonly Row[]> {
  const rows: Row[] = []
  const memory = memoryStore()
  const store: Store = {
    ...memory,
    create(key, record) {
      rows.push([key, record])
      return memory.create(key, record)
    },
  }
  const sessions = createSessions({ secrets: [SECRET], store })
  for (let n = 0; n < SESSIONS; n++) {
    const visit = await sessions.open(undefined)
    visit.session.login(USER)
    await visit.close()
  }
  return rows
}

/** Rows of other visitors, half of them logged in, with the user's own rows spread among them. */
function* mixed(own: readonly Row[], count: number): Generator<Row> {
  const text = randomBytes(300).toString('base64url')
  const every = Math.floor(count / own.length)
  for (let n = 0; n < count; n++) {
    const mine = n % every === 0 ? own[n / every] : undefined
    yield mine ?? [randomBytes(16).toString('hex'), strangerOf(n, text)]
  }
}

function strangerOf(n: number, text: string): StoredRecord {
  const distance = Math.random() * HOUR_MS
  return {
    text,
    expiresAt: Math.floor(Date.now() + (n % OVER === 0 ? -distance : HOUR_MS + distance)),
    subject: n % 4 < 2 ? randomBytes(16).toString('hex') : undefined,
  }
}

async function measureTask(read: () => Promise<unknown>, work: () => Promise<void>): Promise<Held> {
  const waits: number[] = []
  const begun = performance.now()
  const end = new AbortController()
  const reading = async (): Promise<void> => {
    while (!end.signal.aborted) {
      const due = performance.now() + READ_EVERY_MS
      await sleep(READ_EVERY_MS)
      await read()
      waits.push(performance.now() - due)
    }
  }
  let seconds = 0
  const pause = await longestPause(async () => {
    const readers = reading()
    await work()
    seconds = (performance.now() - begun) / 1000
    end.abort()
    await readers
  })
  return { pause, read: quantile(waits, 0.99), seconds }
}

function expect(wanted: number, found: number | undefined): void {
  if (found !== wanted) throw new Error(`expected ${wanted} sessions, found ${found}`)
}
