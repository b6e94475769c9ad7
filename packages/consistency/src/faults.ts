import { setTimeout as wait } from 'node:timers/promises'
import type { FaultProxy } from '@keepsake/testing'
import type { Random } from '../../testing/src/store-random.ts'
import type { Backend } from './backend.ts'
import type { Nodes } from './nodes.ts'
import type { FaultName } from './options.ts'

/** The faults of a run. */
export interface Faults {
  /** How often each fault has happened. */
  readonly counts: ReadonlyMap<FaultName, number>
  /** The periods in which acknowledged writes may be lost with a primary, in epoch milliseconds. */
  readonly windows: readonly (readonly [number, number])[]
  stop(): Promise<void>
}

/** The longest time between two faults, in milliseconds. */
const MOST_PEACE_MS = 600
/** A group of servers needs this time to recover. */
const AFTER_FAILOVER_MS = 3000

type Fault = readonly [FaultName, () => Promise<unknown>]

/** Causes faults one after another, in random order, until it is stopped. */
export function startFaults(
  names: ReadonlySet<FaultName>,
  {
    nodes,
    backend,
    random,
    timeLimit,
  }: { nodes: Nodes; backend: Backend; random: Random; timeLimit: number },
): Faults {
  const counts = new Map<FaultName, number>()
  const windows: (readonly [number, number])[] = []
  const over = new AbortController()
  const rest = (most: number): Promise<unknown> =>
    wait(random.below(most), undefined, { signal: over.signal }).catch(() => undefined)
  const node = (): number => random.below(nodes.count)
  const tooLong = Math.ceil(1.3 * timeLimit)

  const line = (): FaultProxy => random.pick(backend.lines)
  async function during(begin: () => unknown, end: () => unknown, most: number): Promise<void> {
    begin()
    await rest(most)
    end()
  }

  /** Drops either the next response to a write, with its connection, or all responses for longer than a request may take. */
  async function loseAnswers(): Promise<void> {
    const one = line()
    if (random.below(3) > 0) await Promise.race([one.loseAnswer(backend.marker), rest(tooLong)])
    else
      await during(
        () => one.mute(),
        () => one.heal(),
        2 * tooLong,
      )
  }

  async function slow(): Promise<void> {
    const one = line()
    await during(
      () => one.delay(random.below(tooLong)),
      () => one.heal(),
      2 * tooLong,
    )
  }

  async function failOver(): Promise<void> {
    const window = await backend.failOver?.()
    if (window !== undefined) windows.push(window)
    await rest(AFTER_FAILOVER_MS)
  }

  const possible: readonly Fault[] = [
    ['kill', () => nodes.kill(node())] as const,
    ['pause', () => nodes.pause(node(), random.below(2 * tooLong))] as const,
    ...(backend.restart === undefined ? [] : [['restart', backend.restart] as const]),
    ...(backend.lines.length === 0 ? [] : [['lost-answers', loseAnswers] as const, ['slow', slow] as const]),
    ...(backend.failOver === undefined ? [] : [['failover', failOver] as const]),
  ]
  const wanted = possible.filter(([name]) => names.has(name))

  async function goOn(): Promise<void> {
    while (!over.signal.aborted && wanted.length > 0) {
      await rest(MOST_PEACE_MS)
      if (over.signal.aborted) return
      const [name, happen] = random.pick(wanted)
      counts.set(name, (counts.get(name) ?? 0) + 1)
      await happen()
    }
  }
  const going = goOn()

  return {
    counts,
    windows,
    async stop() {
      over.abort()
      await going
      for (const one of backend.lines) one.heal()
    },
  }
}
