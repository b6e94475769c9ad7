import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Held, Task } from './holds/child.ts'
import type { PLACES } from './holds/places.ts'
import { withServers } from './http/servers.ts'
import { showProgress } from './progress.ts'
import { type Findings, type Goal, shownNumber } from './report.ts'
import { spreadOf } from './statistics.ts'

type StoreName = keyof typeof PLACES

/** The number of rows in each store; creating a million files would take longer than everything else. */
const ROWS: Readonly<Record<StoreName, number>> = {
  memory: 1_000_000,
  file: 100_000,
  SQLite: 1_000_000,
  Redis: 1_000_000,
  PostgreSQL: 1_000_000,
}

const TASKS: Readonly<Record<Task, string>> = {
  listFor: 'listFor, a user with 10,000 sessions',
  revokeAll: 'revokeAll, a user with 10,000 sessions',
  sweep: 'a sweep, with an eighth of the rows expired',
}

/** Five milliseconds, plus garbage collection and a busy machine. */
const LIMIT_MS = 10

/** One store, and how each task affected the rest of the process. */
interface Measured {
  readonly store: StoreName
  readonly rows: number
  readonly held: Readonly<Record<Task, Held | undefined>>
}

/** Large subjects and many expired rows: how long they block the event loop, and how that delays readers. */
export function holds(): Promise<Findings> {
  return withServers(async ({ redisUrl, postgresUrl }, missing) => {
    const all = [
      measurePlace('memory'),
      measurePlace('file'),
      measurePlace('SQLite'),
      ...(redisUrl === undefined ? [] : [measurePlace('Redis', redisUrl)]),
      ...(postgresUrl === undefined ? [] : [measurePlace('PostgreSQL', postgresUrl)]),
    ]
    return {
      tables: tasks().map(([task, title]) => ({
        title: `${title}: longest hold of the event loop in ms, wall / CPU`,
        head: ['store', 'rows', 'longest hold', 'p99 of concurrent reads, ms', 'total, s'],
        rows: all.map((measured) => cellsOf(measured, task)),
      })),
      goals: all.map(goalOf),
      notes: [
        ...missing,
        'Each store in one process. Reads are due every 2 ms; their wait for the event loop counts.',
        'CPU is the main thread’s, which the system counts in steps of up to 4 ms.',
        'The file store has a tenth of the rows: it reads every file for each of these tasks.',
        'Redis removes expired rows by itself.',
      ],
      chart: {
        title: 'The longest hold of the event loop',
        unit: 'milliseconds, shorter is better',
        groups: tasks().map(([task, title]) => ({
          title,
          bars: all.flatMap(({ store, held }) => {
            const wall = held[task]?.pause.wall
            return wall === undefined ? [] : [{ label: store, value: spreadOf([wall]) }]
          }),
        })),
      },
    }
  })
}

const CHILD = fileURLToPath(new URL('holds/child.ts', import.meta.url))

/** ROWS changes the number of rows; it must exceed the user's 10,000. */
function measurePlace(store: StoreName, url = ''): Measured {
  const rows = Number(process.env['ROWS'] ?? ROWS[store])
  showProgress(`holds, ${store}, ${rows} rows`)
  const args = [...process.execArgv, '--max-old-space-size=4096', CHILD, store, String(rows), url]
  const held = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as Measured['held']
  showProgress('')
  return { store, rows, held }
}

const tasks = (): [Task, string][] => Object.entries(TASKS) as [Task, string][]

function cellsOf({ store, rows, held }: Measured, task: Task): string[] {
  const found = held[task]
  const numbers = [store, rows.toLocaleString('en')]
  if (found === undefined) return [...numbers, 'has none', '', '']
  const { pause, read, seconds } = found
  return [
    ...numbers,
    `${shownNumber(pause.wall)} / ${pause.cpu.toFixed(1)}`,
    shownNumber(Math.max(read, 0)),
    shownNumber(seconds),
  ]
}

function goalOf({ store, rows, held }: Measured): Goal {
  const longest = Math.max(...Object.values(held).map((found) => found?.pause.cpu ?? 0))
  return {
    text: `${store}, ${rows.toLocaleString('en')} rows: CPU of the longest hold`,
    value: spreadOf([longest]),
    unit: 'ms',
    limit: LIMIT_MS,
    bound: 'at most',
  }
}
