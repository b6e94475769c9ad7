import { execFile } from 'node:child_process'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import {
  findProgram,
  freePort,
  isListening,
  makeFolder,
  removeFolder,
  startProcess,
  stopProcess,
  until,
} from './processes.ts'
import { type RedisServer, startRedis } from './redis.ts'

const run = promisify(execFile)

/** A primary and two replicas, watched by three sentinels. */
export interface SentinelGroup {
  /** The primary that the sentinels have agreed on. */
  primary(): Promise<RedisServer>
  /** Waits until every replica has caught up with the primary. */
  settle(): Promise<void>
  /** The addresses of the sentinels. */
  readonly urls: readonly string[]
  stop(): Promise<void>
}

/** How long a primary may be silent before the sentinels choose a replica, in milliseconds. */
const DOWN_AFTER_MS = 1000

/** Without an installed server, returns undefined and prints a warning. Clients request the group by `name`. */
export async function startSentinelGroup(name: string): Promise<SentinelGroup | undefined> {
  const first = await startRedis()
  const program = findProgram(['redis-server', 'valkey-server'])

  const settings = ['--replicaof', `127.0.0.1 ${first?.port}`]
  const second = await startRedis(settings)
  const third = await startRedis(settings)
  if (first === undefined || second === undefined || third === undefined || program === undefined)
    return undefined
  const servers = [first, second, third]
  // A replica counts as connected before it has a copy.
  await until('the replicas', async () => (await inSync(servers)) === 2)
  const folder = makeFolder('sentinel')
  const ports = [await freePort(), await freePort(), await freePort()]
  const children = ports.map((port) => {
    const file = join(folder, `${port}.conf`)
    writeFileSync(
      file,
      `port ${port}
bind 127.0.0.1
sentinel monitor ${name} 127.0.0.1 ${first.port} 2
sentinel down-after-milliseconds ${name} ${DOWN_AFTER_MS}
sentinel failover-timeout ${name} 2000
`,
    )
    chmodSync(file, 0o666)
    return startProcess(program, [file, '--sentinel'], folder)
  })
  for (const port of ports) await until(`the sentinel on port ${port}`, () => isListening(port))
  const primary = async (): Promise<RedisServer> => {
    const answer = await run('redis-cli', ['-p', `${ports[0]}`, 'sentinel', 'get-master-addr-by-name', name])
    const port = Number(answer.stdout.split('\n')[1])
    return servers.find((server) => server.port === port) ?? first
  }

  return {
    primary,
    settle: () =>
      until('the group to be complete', async () => {
        const { port } = await primary()
        // The sentinels would also do this, but only after ten seconds.
        for (const server of servers)
          if (server.port !== port) await server.cli('replicaof', '127.0.0.1', `${port}`)
        return (await inSync(servers)) === 2
      }),
    urls: ports.map((port) => `redis://127.0.0.1:${port}`),
    async stop() {
      await Promise.all(children.map((child) => stopProcess(child, 'SIGKILL')))
      await Promise.all(servers.map((server) => server.stop()))
      removeFolder(folder)
    },
  }
}

/** How many replicas have a copy of their primary's data. */
async function inSync(servers: readonly RedisServer[]): Promise<number> {
  const links = await Promise.all(servers.map((server) => server.cli('info', 'replication')))
  return links.filter((link) => link.includes('master_link_status:up')).length
}
