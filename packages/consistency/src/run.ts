import { randomBytes } from 'node:crypto'
import { createRandom } from '../../testing/src/store-random.ts'
import { type Backend, startBackend } from './backend.ts'
import { live } from './browser.ts'
import { type Faults, startFaults } from './faults.ts'
import { type History, inDoubt, type Operation } from './history.ts'
import { judge } from './judge.ts'
import { type Nodes, startNodes } from './nodes.ts'
import type { RunOptions } from './options.ts'
import type { Settings } from './settings.ts'
import type { Verdict } from './verdict.ts'

/** A browser's life with its faults. */
export interface Judged extends Verdict {
  readonly history: History
}

/** The results of a run so far. */
export interface Progress {
  readonly statuses: ReadonlyMap<number, number>
  readonly judged: readonly Judged[]
  readonly happened: Faults['counts']
  /** Processes that exited unexpectedly. */
  readonly crashes: number
}

/** In milliseconds: shorter than the faults, so that requests are affected. */
const TIME_LIMIT_MS = 600

/** Undefined if the store's server is not installed. `tell` is called periodically. */
export async function run(
  options: RunOptions,
  tell: (progress: Progress) => void = () => undefined,
): Promise<Progress | undefined> {
  const { store, processes, faults } = options
  const backend = await startBackend(store, processes, faults.has('failover'))
  if (backend === undefined) return undefined
  const nodes = await startNodes(backend.places.map((place, at) => settingsFor(options, place, at)))
  try {
    return await browse(options, backend, nodes, tell)
  } finally {
    await nodes.stop()
    await backend.stop()
  }
}

const SECRET = randomBytes(32).toString('base64url')

const settingsFor = ({ store, faults, seed }: RunOptions, place: string, at: number): Settings => ({
  store,
  place,
  secret: SECRET,
  timeLimit: TIME_LIMIT_MS,
  losesAnswers: faults.has('lost-answers'),
  isSlow: faults.has('slow'),
  hasSentinels: faults.has('failover'),
  seed: seed + at,
})

async function browse(
  options: RunOptions,
  backend: Backend,
  nodes: Nodes,
  tell: (progress: Progress) => void,
): Promise<Progress> {
  const random = createRandom(options.seed)
  const happening = startFaults(options.faults, {
    nodes,
    backend,
    random: createRandom(options.seed + 1),
    timeLimit: TIME_LIMIT_MS,
  })
  const statuses = new Map<number, number>()
  const judged: Judged[] = []
  const end = Date.now() + options.minutes * 60_000
  let operations = 0
  let browsers = 0
  const progress = (): Progress => ({ statuses, judged, happened: happening.counts, crashes: nodes.crashes })
  const onAnswer = ({ status }: Operation): void => {
    operations++
    statuses.set(status, (statuses.get(status) ?? 0) + 1)
    if (operations % 1000 === 0) tell(progress())
  }
  const surroundings = {
    origin: () => nodes.origin(),
    isSealed: options.store === 'cookie',
    hangsUp: options.faults.has('aborts'),
    onAnswer,
  }
  async function browseOn(): Promise<void> {
    while (operations < options.operations && Date.now() < end) {
      const lived = await live(`${browsers++}`, {
        ...surroundings,
        random: createRandom(random.below(2 ** 31)),
      })
      const history = inDoubt(lived, { windows: happening.windows, deaths: nodes.deaths })
      judged.push({ history, ...judge(history) })
    }
  }
  await Promise.all(Array.from({ length: options.browsers }, browseOn))
  await happening.stop()
  return progress()
}
