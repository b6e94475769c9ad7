import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Footprint } from './memory/child.ts'
import type { Pause } from './memory/pause.ts'
import { BYTES, STORES } from './memory/stores.ts'
import { showProgress } from './progress.ts'
import { type Findings, type Goal, shownSpread } from './report.ts'
import { type Spread, spreadOf } from './statistics.ts'

const COUNTS = [100_000, 1_000_000] as const
const LARGEST = COUNTS[1]
const OWN = 'keepsake'
/** Only for the longest pause does a median within one process not remove the influence of other work on the machine. */
const PROCESSES = 3
/** For the peers' largest number one process is accurate enough, and each takes a minute. */
const processesOf = (store: string, count: number): number =>
  store === OWN || count < LARGEST ? PROCESSES : 1

/** One store with one number of sessions, measured in several processes. */
interface Row {
  readonly store: string
  readonly count: number
  readonly bytes: Spread
  readonly evicting: PauseSpread
  readonly sweeping: PauseSpread | undefined
}

type PauseSpread = Readonly<Record<keyof Pause, Spread>>

export async function memory(): Promise<Findings> {
  const rows = COUNTS.flatMap((count) => Object.keys(STORES).map((store) => measureStore(store, count)))
  const own = rows.filter(({ store, count }) => store === OWN && count === LARGEST)
  return {
    tables: COUNTS.map((count) => ({
      title: `${count.toLocaleString('en')} sessions of ${BYTES} B: bytes of heap each, longest pauses in ms, wall / CPU`,
      head: ['store', 'bytes', 'full, while more is added', 'sweeping everything'],
      rows: rows
        .filter((row) => row.count === count)
        .map(({ store, bytes, evicting, sweeping }) => [
          store,
          bytes.median.toFixed(0),
          shownPause(evicting),
          sweeping === undefined ? 'never does' : shownPause(sweeping),
        ]),
    })),
    goals: own.flatMap(goalsOf),
    notes: [
      `Peers with ${LARGEST.toLocaleString('en')} sessions were measured in one process, everything else in ${PROCESSES}.`,
      'CPU is the main thread’s, which the system counts in steps of up to 4 ms.',
      'express-session’s own store has no size limit, and keeps expired sessions that are never read again; memorystore sweeps everything at once.',
    ],
    chart: {
      title: `What a session of ${BYTES} bytes takes in memory`,
      unit: 'bytes of heap, shorter is better',
      groups: COUNTS.map((count) => ({
        title: `${count.toLocaleString('en')} sessions`,
        bars: rows
          .filter((row) => row.count === count)
          .map(({ store, bytes }) => ({ label: store, value: bytes })),
      })),
    },
  }
}

const CHILD = fileURLToPath(new URL('memory/child.ts', import.meta.url))

function measureStore(store: string, count: number): Row {
  const processes = processesOf(store, count)
  const found = Array.from({ length: processes }, (_, index) => {
    showProgress(`memory, ${store}, ${count} sessions: process ${index + 1} of ${processes}`)
    const args = ['--expose-gc', '--max-old-space-size=4096', CHILD, store, String(count)]
    return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as Footprint
  })
  showProgress('')
  const sweeping = found.flatMap((footprint) => footprint.sweeping ?? [])
  return {
    store,
    count,
    bytes: spreadOf(found.map(({ bytes }) => bytes)),
    evicting: pauseSpread(found.map(({ evicting }) => evicting)),
    sweeping: sweeping.length === 0 ? undefined : pauseSpread(sweeping),
  }
}

const pauseSpread = (pauses: readonly Pause[]): PauseSpread => ({
  wall: spreadOf(pauses.map(({ wall }) => wall)),
  cpu: spreadOf(pauses.map(({ cpu }) => cpu)),
})

const shownPause = ({ wall, cpu }: PauseSpread): string => `${shownSpread(wall)} / ${cpu.median.toFixed(1)}`

function goalsOf({ bytes, evicting, sweeping }: Row): Goal[] {
  return [
    atMost(BYTES + 250, 'B', `heap each, of which ${BYTES} B are JSON`, bytes),
    atMost(5, 'ms', 'CPU of the longest pause while full', evicting.cpu),
    ...(sweeping === undefined ? [] : [atMost(5, 'ms', 'CPU of the longest pause of a sweep', sweeping.cpu)]),
  ]
}

function atMost(limit: number, unit: string, text: string, value: Spread): Goal {
  return { text: `${LARGEST.toLocaleString('en')} sessions: ${text}`, value, unit, limit, bound: 'at most' }
}
