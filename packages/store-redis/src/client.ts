import { createHash } from 'node:crypto'
import { fieldOf } from '@keepsake/core/store'

/** The methods used of a client of node-redis 5 or newer, or of its cluster client. */
export interface NodeRedisClient {
  get(key: string): Promise<unknown>
  set(key: string, value: string, options: NodeRedisSetOptions): Promise<unknown>
  del(key: string): Promise<unknown>
  eval(script: string, options: NodeRedisScriptOptions): Promise<unknown>
  evalSha(sha1: string, options: NodeRedisScriptOptions): Promise<unknown>
  /** For a client of one server: whether it sends commands immediately. */
  readonly isReady?: boolean
  /** The same client with other options; a client of one server has it. */
  withCommandOptions?(options: { readonly timeout: 0 }): Pick<NodeRedisClient, 'get' | 'evalSha'>
}

interface NodeRedisSetOptions {
  readonly expiration: { readonly type: 'PXAT'; readonly value: number }
  readonly condition: 'NX'
  readonly GET: true
}

interface NodeRedisScriptOptions {
  keys: string[]
  arguments: string[]
}

/** The methods used of a client of ioredis or iovalkey, or of their `Cluster`. */
export interface IoredisClient {
  get(key: string): Promise<unknown>
  set(key: string, value: string, unit: 'PXAT', at: number, nx: 'NX', get: 'GET'): Promise<unknown>
  del(key: string): Promise<unknown>
  eval(script: string, keys: number, ...keysAndValues: string[]): Promise<unknown>
  evalsha(sha1: string, keys: number, ...keysAndValues: string[]): Promise<unknown>
  on?(event: 'close' | '-node', listener: () => void): unknown
}

/** A connected client. */
export type RedisClient = NodeRedisClient | IoredisClient

/** A script on one key. */
export interface Script {
  readonly source: string
  readonly sha1: string
}

/** @internal */
export const scriptOf = (source: string): Script => ({
  source,
  sha1: createHash('sha1').update(source).digest('hex'),
})

/** The store's commands, for every client. Each goes to the node with the key. */
export interface Commands {
  readonly get: (key: string) => Promise<unknown>
  /** Sets a missing key and returns null; returns the stored value if the key exists. */
  readonly setNew: (key: string, value: string, expiresAt: number) => Promise<unknown>
  readonly del: (key: string) => Promise<unknown>
  readonly run: (script: Script, key: string, values: string[]) => Promise<unknown>
  /** How often a connection was lost, after which the client itself sends commands again whose replies it has not received. */
  readonly losses: () => number
}

export const isNodeRedis = <T extends object>(client: T): client is Extract<T, { evalSha: unknown }> =>
  fieldOf(client as { evalSha?: unknown }, 'evalSha') !== undefined
export const isIoredis = <T extends object>(client: T): client is Extract<T, { evalsha: unknown }> =>
  fieldOf(client as { evalsha?: unknown }, 'evalsha') !== undefined

/** Undefined if the object is not a client. */
export function commandsOf(client: RedisClient): Commands | undefined {
  if (typeof client !== 'object' || client === null) return undefined
  if (isNodeRedis(client)) return ofNodeRedis(client)
  return isIoredis(client) ? ofIoredis(client) : undefined
}

function ofNodeRedis(client: NodeRedisClient): Commands {
  const ask = unhurried(client)
  return {
    get: (key) => ask((direct) => direct.get(key)),
    setNew: (key, text, value) =>
      client.set(key, text, { expiration: { type: 'PXAT', value }, condition: 'NX', GET: true }),
    del: (key) => client.del(key),
    run(script, key, values) {
      const options = { keys: [key], arguments: values }
      return unlessKnown(
        ask((direct) => direct.evalSha(script.sha1, options)),
        () => client.eval(script.source, options),
      )
    },
    // It rejects such commands instead.
    losses: () => 0,
  }
}

/** With more pending commands than this, the server seems to hang. */
const MANY = 1000

type AskNodeRedis = (
  command: (client: Pick<NodeRedisClient, 'get' | 'evalSha'>) => Promise<unknown>,
) => Promise<unknown>

/**
 * Sends commands without the client's timeout while it is ready, because it then sends them immediately. The timeout
 * ends only commands that wait to be sent, and costs an `AbortSignal` with a timer for each command, a sixth of its CPU
 * time. Keeps the timeout with so many pending commands that one may have to wait. A command sent while the connection
 * breaks waits for the next connection; the caller has its own limit.
 */
function unhurried(client: NodeRedisClient): AskNodeRedis {
  const direct = fieldOf(client, 'withCommandOptions')?.call(client, { timeout: 0 }) ?? client
  let underWay = 0
  const done = (): void => void underWay--
  return (command) => {
    if (client.isReady !== true || underWay >= MANY) return command(client)
    underWay++
    const answer = command(direct)
    answer.then(done, done)
    return answer
  }
}

const ofIoredis = (client: IoredisClient): Commands => ({
  get: (key) => client.get(key),
  setNew: (key, text, at) => client.set(key, text, 'PXAT', at, 'NX', 'GET'),
  del: (key) => client.del(key),
  run: (script, key, values) =>
    unlessKnown(client.evalsha(script.sha1, 1, key, ...values), () =>
      client.eval(script.source, 1, key, ...values),
    ),
  losses: lossesOf(client),
})

const lossesByClient = new WeakMap<IoredisClient, { count: number }>()

/** Listens once to each client, however many stores use it. */
function lossesOf(client: IoredisClient): () => number {
  const known = lossesByClient.get(client)
  if (known !== undefined) return () => known.count
  const own = { count: 0 }
  lossesByClient.set(client, own)
  const on = fieldOf(client, 'on')
  // The second one is a cluster's.
  for (const event of ['close', '-node'] as const) on?.call(client, event, () => void own.count++)
  return () => own.count
}

/** A server does not have the script after a restart, after a flush, or when it has just become a primary. */
const unlessKnown = (known: Promise<unknown>, unknown: () => Promise<unknown>): Promise<unknown> =>
  known.catch((error: unknown) => {
    if (error instanceof Error && error.message.startsWith('NOSCRIPT')) return unknown()
    throw error
  })
