import { performance } from 'node:perf_hooks'

/** The longest time between two turns of the event loop, in milliseconds. */
export interface Pause {
  readonly wall: number
  /** CPU of the main thread: it excludes the time of other processes. */
  readonly cpu: number
}

/** Does some work, and measures at each turn of the event loop the time since the last one. */
export async function longestPause(work: () => void | Promise<void>): Promise<Pause> {
  let wall = 0
  let cpu = 0
  let isDone = false
  let seenWall = performance.now()
  let seenCpu = threadCpu()
  const look = (): void => {
    const [nowWall, nowCpu] = [performance.now(), threadCpu()]
    wall = Math.max(wall, nowWall - seenWall)
    cpu = Math.max(cpu, nowCpu - seenCpu)
    seenWall = nowWall
    seenCpu = nowCpu
    if (!isDone) setImmediate(look)
  }
  setImmediate(look)
  await work()
  isDone = true
  look()
  return { wall, cpu }
}

function threadCpu(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}
