import { freePort, until } from './processes.ts'
import { type RedisServer, startRedis } from './redis.ts'

/** Three primaries and three replicas on this machine. */
export interface RedisCluster {
  readonly nodes: readonly RedisServer[]
  /** The node that serves a slot now. */
  primaryOf(slot: number): Promise<RedisServer>
  /** Moves `count` slots with their keys from the primary that serves `slot` to another one, and as many back. */
  move(slot: number, count: number): Promise<void>
  /** Waits until every replica has caught up. */
  settle(): Promise<void>
  stop(): Promise<void>
}

/** How long a node may be silent before the others choose its replica, in milliseconds. */
const NODE_TIMEOUT_MS = 1000
const LAST_SLOT = 16_383

/** Without an installed server, returns undefined and prints a warning. */
export async function startRedisCluster(settings: readonly string[] = []): Promise<RedisCluster | undefined> {
  const nodes: RedisServer[] = []
  for (let n = 0; n < 6; n++) {
    const flags = ['--cluster-enabled', 'yes', '--cluster-node-timeout', `${NODE_TIMEOUT_MS}`]
    const node = await startRedis(
      [...flags, '--repl-diskless-sync-delay', '0', ...settings],
      await freePort(),
    )
    if (node === undefined) return undefined
    nodes.push(node)
  }
  const [first, ...others] = nodes
  if (first === undefined) return undefined
  const hosts = nodes.map((node) => `127.0.0.1:${node.port}`)
  await until('the nodes to form a cluster', async () => {
    await first.cli('--cluster', 'create', ...hosts, '--cluster-replicas', '1', '--cluster-yes')
    return true
  })
  const settle = (): Promise<void> =>
    until('all nodes to know the cluster', async () => {
      const states = await Promise.all(nodes.map((node) => node.cli('cluster', 'info')))
      const links = await Promise.all(nodes.map((node) => node.cli('info', 'replication')))
      const primaries = links.filter((link) => link.includes('role:master')).length
      const replicas = links.filter((link) => link.includes('master_link_status:up')).length
      return primaries === 3 && replicas === 3 && states.every((state) => state.includes('cluster_state:ok'))
    })
  await settle()

  async function primaryOf(slot: number): Promise<RedisServer> {
    for (const asked of [first, ...others]) {
      const port = await asked?.cli('cluster', 'nodes').then(
        (table) => portOfSlot(table, slot),
        () => undefined,
      )
      const node = nodes.find((one) => one.port === port)
      if (node !== undefined) return node
    }
    throw new Error(`no node serves slot ${slot}`)
  }

  return {
    nodes,
    primaryOf,
    settle,
    async move(slot, count) {
      const one = await primaryOf(slot)
      const other = await primaryOf(LAST_SLOT)
      for (const [from, to] of [[one, other] as const, [other, one] as const]) {
        const [source, target] = [await from.cli('cluster', 'myid'), await to.cli('cluster', 'myid')]
        const ends = ['--cluster-from', source, '--cluster-to', target]
        const host = `127.0.0.1:${from.port}`
        // Another node may not know yet what was moved before.
        await until('the nodes to agree on their slots', async () => {
          await from.cli('--cluster', 'check', host)
          return true
        })
        await from.cli('--cluster', 'reshard', host, ...ends, '--cluster-slots', `${count}`, '--cluster-yes')
      }
    },
    async stop() {
      await Promise.all(nodes.map((node) => node.stop()))
    },
  }
}

/** Reads the port from lines such as `id 127.0.0.1:7000@17000 myself,master - 0 0 1 connected 0-5460 7000`. */
function portOfSlot(table: string, slot: number): number | undefined {
  for (const line of table.split('\n')) {
    const [, address = '', flags = '', , , , , , ...ranges] = line.split(' ')
    const serves = ranges.some((range) => {
      const [from = '', to = from] = range.split('-')
      return slot >= Number(from) && slot <= Number(to)
    })
    if (serves && !flags.includes('fail')) return Number(/:(\d+)@/.exec(address)?.[1])
  }
  return undefined
}
