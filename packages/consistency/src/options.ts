import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { type StoreName, STORES } from './settings.ts'

/** Faults that can happen during a run. */
export const FAULTS = ['aborts', 'kill', 'pause', 'restart', 'lost-answers', 'slow', 'failover'] as const
export type FaultName = (typeof FAULTS)[number]

export interface RunOptions {
  readonly store: StoreName
  readonly faults: ReadonlySet<FaultName>
  readonly seed: number
  readonly operations: number
  readonly minutes: number
  readonly processes: number
  readonly browsers: number
}

export const USAGE = `pnpm --filter @keepsake/consistency start [options]
  --store NAME          one of ${STORES.join(', ')}; may be given more than once (default: all)
  --aborts --kill --pause --restart --lost-answers --slow --failover
                        what happens meanwhile (default: all but failover, as far as the store can have it);
                        --failover puts Redis behind sentinels
  --no-faults           nothing happens
  --operations N        how many requests for each store (default 10000 unless --minutes is given)
  --minutes N           how long for each store
  --processes N         server processes (default 3; the memory store has one)
  --browsers N          browsers at a time (default 8)
  --seed N              repeats what the browsers ask, though not what happens between processes`

const flags = Object.fromEntries(FAULTS.map((name) => [name, { type: 'boolean' }] as const))

/** @throws {TypeError} for an unknown option. */
export function readOptions(args: readonly string[]): readonly RunOptions[] {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...flags,
      'no-faults': { type: 'boolean' },
      store: { type: 'string', multiple: true },
      seed: { type: 'string' },
      operations: { type: 'string' },
      minutes: { type: 'string' },
      processes: { type: 'string' },
      browsers: { type: 'string' },
    },
  })
  const given = values as Readonly<Record<string, unknown>>
  const asked = FAULTS.filter((name) => given[name] === true)
  const usual = FAULTS.filter((name) => name !== 'failover')
  const faults = new Set(given['no-faults'] === true ? [] : asked.length > 0 ? asked : usual)
  const minutes = numberOf('minutes', values.minutes, Infinity)
  return (values.store ?? STORES).map((name) => {
    const store = STORES.find((known) => known === name)
    if (store === undefined) throw new TypeError(`--store: unknown store ${name}\n${USAGE}`)
    return {
      store,
      faults: possibleFor(store, faults),
      seed: numberOf('seed', values.seed, randomInt(2 ** 31)),
      minutes,
      operations: numberOf('operations', values.operations, minutes === Infinity ? 10_000 : Infinity),
      // Other processes cannot read the memory of a process.
      processes: store === 'memory' ? 1 : numberOf('processes', values.processes, 3),
      browsers: numberOf('browsers', values.browsers, 8),
    }
  })
}

/** Killing a process would also delete the sessions in its memory. */
function possibleFor(store: StoreName, faults: ReadonlySet<FaultName>): ReadonlySet<FaultName> {
  const impossible: ReadonlySet<FaultName> = new Set(
    store === 'memory' ? ['kill', 'restart', 'failover'] : [],
  )
  return new Set([...faults].filter((name) => !impossible.has(name)))
}

function numberOf(name: string, value: string | undefined, fallback: number): number {
  if (value === undefined) return fallback
  const number = Number(value)
  if (!Number.isFinite(number) || number <= 0) throw new TypeError(`--${name}: expected a number\n${USAGE}`)
  return number
}
