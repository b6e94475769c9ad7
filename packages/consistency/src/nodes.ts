import { setTimeout as wait } from 'node:timers/promises'
import { isRunning, type ServerProcess, startServer, stopProcess } from '@keepsake/test-services'
import type { Settings } from './settings.ts'

/** The processes of one application with a common store. */
export interface Nodes {
  readonly count: number
  /** The address of one process, in turn. As with a load balancer, not one that was just killed, if there are others. */
  origin(): string
  /** Kills one process, and starts a replacement. */
  kill(at: number): Promise<void>
  /** Pauses one process for this many milliseconds, whatever it is doing. */
  pause(at: number, milliseconds: number): Promise<void>
  /** The times when processes were killed: address, with epoch milliseconds. */
  readonly deaths: ReadonlyMap<string, number>
  /** The number of processes that exited unexpectedly. */
  readonly crashes: number
  stop(): Promise<void>
}

const SCRIPT = new URL('node.ts', import.meta.url)

const start = (settings: Settings | undefined): Promise<ServerProcess> =>
  startServer(SCRIPT, { SETTINGS: JSON.stringify(settings) }, 'inherit')

const addressOf = (node: ServerProcess | undefined): string => `http://127.0.0.1:${node?.port}`

/** One process per setting. */
export async function startNodes(settings: readonly Settings[]): Promise<Nodes> {
  const running = await Promise.all(settings.map(start))
  const ours = new Set<ServerProcess>()
  const deaths = new Map<string, number>()
  let turn = 0
  let crashes = 0

  const watch = (node: ServerProcess): void => {
    node.child.once('exit', () => {
      if (!ours.has(node)) crashes++
    })
  }
  running.forEach(watch)
  const end = async (node: ServerProcess): Promise<void> => {
    ours.add(node)
    await stopProcess(node.child, 'SIGKILL')
  }

  return {
    count: settings.length,
    origin() {
      const up = running.filter((node) => !ours.has(node))
      const nodes = up.length === 0 ? running : up
      return addressOf(nodes[turn++ % nodes.length])
    },
    async kill(at) {
      const node = running[at]
      if (node === undefined) return
      deaths.set(addressOf(node), Date.now())
      await end(node)
      const next = await start(settings[at])
      running[at] = next
      watch(next)
    },
    async pause(at, milliseconds) {
      const child = running[at]?.child
      if (child === undefined || !isRunning(child)) return
      child.kill('SIGSTOP')
      await wait(milliseconds)
      child.kill('SIGCONT')
    },
    deaths,
    get crashes() {
      return crashes
    },
    stop: async () => void (await Promise.all(running.map(end))),
  }
}
