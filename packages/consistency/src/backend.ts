import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { startPostgres, startRedis, startSentinelGroup } from '@keepsake/test-services'
import { createFaultProxy, type FaultProxy } from '@keepsake/testing'
import { SENTINEL_NAME } from './open-store.ts'
import type { StoreName } from './settings.ts'

/** What the nodes of a run keep their sessions in, and what can happen to it. */
export interface Backend {
  /** Where each node finds it. */
  readonly places: readonly string[]
  /** The lines between nodes and server, one for each node; empty where there is no server, or none that we stand before. */
  readonly lines: readonly FaultProxy[]
  /** What the bytes of a write have in them. */
  readonly marker: string
  /** Ends the server as a crash does, and starts it again; what it has answered stays. */
  readonly restart?: () => Promise<void>
  /** Ends the primary, and has another one take its place. Gives back from when to when answers may be lost. */
  readonly failOver?: () => Promise<readonly [number, number]>
  stop(): Promise<void>
}

/** Undefined where the server is not installed. `nodes`: how many processes there are. */
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

/** What an asynchronous replica may not have had yet when its primary died, on a machine that is busy. */
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
