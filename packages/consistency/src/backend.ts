import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { startPostgres, startRedis, startSentinelGroup } from '@keepsake/test-services'
import { createFaultProxy, type FaultProxy } from '@keepsake/testing'
import { SENTINEL_NAME } from './open-store.ts'
import type { StoreName } from './settings.ts'

/** Where the nodes of a run keep their sessions, and the faults that can happen to it. */
export interface Backend {
  /** The store's address for each node. */
  readonly places: readonly string[]
  /** The connections between nodes and server, one per node; empty if there is no server, or no proxy in front of it. */
  readonly lines: readonly FaultProxy[]
  /** Bytes that occur in every write. */
  readonly marker: string
  /** Kills the server and restarts it; acknowledged writes survive. */
  readonly restart?: () => Promise<void>
  /** Kills the primary and promotes another server. Returns the period in which acknowledged writes may be lost. */
  readonly failOver?: () => Promise<readonly [number, number]>
  stop(): Promise<void>
}

/** Undefined if the server is not installed. `nodes`: the number of processes. */
export async function startBackend(
  store: StoreName,
  nodes: number,
  hasSentinels: boolean,
): Promise<Backend | undefined> {
  if (store === 'postgres') return postgresBackend(nodes)
  if (store === 'redis' || store === 'ioredis')
    return hasSentinels
      ? sentinelBackend(nodes)
      : redisBackend(nodes, store === 'redis' ? 'EVALSHA' : 'evalsha')
  return localBackend(nodes)
}

function localBackend(nodes: number): Backend {
  const directory = mkdtempSync(join(tmpdir(), 'keepsake-consistency-'))
  return {
    places: Array.from({ length: nodes }, () => directory),
    lines: [],
    marker: '',
    stop: async () => rmSync(directory, { recursive: true }),
  }
}

const openLines = (nodes: number, port: number): Promise<FaultProxy[]> =>
  Promise.all(Array.from({ length: nodes }, () => createFaultProxy(port)))

const closeAll = (lines: readonly FaultProxy[]): Promise<unknown> =>
  Promise.all(lines.map((line) => line.close()))

async function redisBackend(nodes: number, marker: string): Promise<Backend | undefined> {
  const server = await startRedis(['--appendonly', 'yes', '--appendfsync', 'always'])
  if (server === undefined) return undefined
  const lines = await openLines(nodes, server.port)
  return {
    places: lines.map(({ port }) => `redis://127.0.0.1:${port}`),
    lines,
    marker,
    async restart() {
      await server.kill()
      await wait(100)
      await server.start()
    },
    async stop() {
      await closeAll(lines)
      await server.stop()
    },
  }
}

async function postgresBackend(nodes: number): Promise<Backend | undefined> {
  const server = await startPostgres()
  if (server === undefined) return undefined
  const { port } = new URL(server.url)
  const lines = await openLines(nodes, Number(port))
  return {
    places: lines.map((line) => server.url.replace(`:${port}/`, `:${line.port}/`)),
    lines,
    marker: 'keepsake replace',
    async restart() {
      await server.halt('immediate')
      await wait(100)
      await server.start()
    },
    async stop() {
      await closeAll(lines)
      await server.stop()
    },
  }
}

/** How far an asynchronous replica may lag behind its primary on a busy machine. */
const LAG_MS = 1000

async function sentinelBackend(nodes: number): Promise<Backend | undefined> {
  const group = await startSentinelGroup(SENTINEL_NAME)
  if (group === undefined) return undefined
  return {
    places: Array.from({ length: nodes }, () => group.urls.join()),
    lines: [],
    marker: '',
    async failOver() {
      const primary = await group.primary()
      const at = Date.now()
      await primary.kill()
      for (let next = primary; next.port === primary.port; next = await group.primary()) await wait(100)
      await primary.start()
      await group.settle()
      return [at - LAG_MS, at + LAG_MS]
    },
    stop: () => group.stop(),
  }
}
