import { longestPause, type Pause } from './pause.ts'
import { type Filled, STORES } from './stores.ts'

/** The resources that one store uses for its sessions. */
export interface Footprint {
  readonly store: keyof typeof STORES
  readonly count: number
  /** Heap and external memory per session, in bytes. */
  readonly bytes: number
  /** While it is full and a tenth more is added. */
  readonly evicting: Pause
  /** While all of it is swept; undefined for a store without a sweep. */
  readonly sweeping: Pause | undefined
}

const [name, given] = process.argv.slice(2)
const footprint = await measureStore(name as keyof typeof STORES, Number(given))
process.stdout.write(JSON.stringify(footprint))

async function measureStore(store: keyof typeof STORES, count: number): Promise<Footprint> {
  const make: (max: number) => Filled = STORES[store]
  // Memory of code and caches must not count.
  await make(1000).fill(10_000)
  const before = usedBytes()
  const filled = make(count)
  await filled.fill(count)
  const bytes = (usedBytes() - before) / count
  const evicting = await longestPause(() => filled.fill(count / 10))
  const { sweep } = filled
  return { store, count, bytes, evicting, sweeping: sweep && (await longestPause(sweep)) }
}

function usedBytes(): number {
  for (let times = 0; times < 3; times++) globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
