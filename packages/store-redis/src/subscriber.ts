import { ConfigError, type Store } from '@keepsake/core'
import { createKeyListeners, fieldOf } from '@keepsake/core/store'
import { isIoredis, isNodeRedis, type RedisClient } from './client.ts'

type Watch = NonNullable<Store['watch']>

/** The methods used of a subscribed client of node-redis 5 or newer, or of its cluster or sentinel client. */
export interface NodeRedisSubscriber {
  evalSha: unknown
  subscribe(channel: string, told: (message: unknown, channel: unknown) => void): Promise<unknown>
  unsubscribe(channel: string, told: (message: unknown, channel: unknown) => void): Promise<unknown>
  on(event: string, listener: () => void): unknown
  off(event: string, listener: () => void): unknown
}

/** The methods used of a subscribed client of ioredis or iovalkey, or of their `Cluster`. */
export interface IoredisSubscriber {
  evalsha: unknown
  readonly isCluster?: boolean
  subscribe(channel: string): Promise<unknown>
  unsubscribe(channel: string): Promise<unknown>
  on(event: string, listener: (channel: string) => void): unknown
  off(event: string, listener: (channel: string) => void): unknown
}

/** A client that receives messages. */
export type RedisSubscriber = NodeRedisSubscriber | IoredisSubscriber

/** Messages on channels, for every client. */
interface Channels {
  /** Messages arrive once the promise resolves, and again after the client has reconnected. */
  readonly subscribe: (channel: string) => Promise<unknown>
  readonly unsubscribe: (channel: string) => Promise<unknown>
  /** Starts passing messages on, and returns a function that stops this. */
  readonly open: (told: (channel: string) => void, mayHaveMissed: () => void) => () => void
}

/**
 * The `watch` of a store whose scripts publish on a channel of the record's name. It subscribes only to watched
 * records.
 *
 * @throws {ConfigError} for an object that is not a client, or for a client that could send no other commands any more.
 */
export function watchBy(
  subscriber: RedisSubscriber,
  client: RedisClient,
  channelOf: (key: string) => string,
): Watch {
  const channels = channelsOf(subscriber)
  if (channels === undefined)
    throw new ConfigError('subscriber', 'expected a client of redis, ioredis or iovalkey')
  const isLost = isIoredis(subscriber) && fieldOf(subscriber, 'isCluster') !== true
  if (isLost && Object.is(subscriber, client))
    throw new ConfigError('subscriber', 'expected a separate client, such as client.duplicate()')
  const { subscribe, unsubscribe, open } = channels
  let close: (() => void) | undefined
  const listeners = createKeyListeners({
    opened: () => void (close ??= open(listeners.tell, listeners.tellAll)),
    closed(channel) {
      // A disconnected client has no subscription. If a connected one fails to unsubscribe, it only receives needless messages.
      unsubscribe(channel).catch(() => undefined)
      if (listeners.size > 0) return
      close?.()
      close = undefined
    },
  })
  return async (key, changed) => {
    const channel = channelOf(key)
    const leave = listeners.add(channel, changed)
    try {
      await subscribe(channel)
    } catch (error) {
      leave()
      throw error
    }
    return leave
  }
}

function channelsOf(client: RedisSubscriber): Channels | undefined {
  if (typeof client !== 'object' || client === null || fieldOf(client, 'subscribe') === undefined)
    return undefined
  if (isNodeRedis(client)) return ofNodeRedis(client)
  return isIoredis(client) ? ofIoredis(client) : undefined
}

/** A single client emits `ready` when it has subscribed again; a cluster's client emits `node-ready`. */
const READY = ['ready', 'node-ready'] as const

function ofNodeRedis(client: NodeRedisSubscriber): Channels {
  let told: ((channel: string) => void) | undefined
  const listener = (_message: unknown, channel: unknown): void => told?.(String(channel))
  return {
    subscribe: (channel) => client.subscribe(channel, listener),
    unsubscribe: (channel) => client.unsubscribe(channel, listener),
    open(tell, mayHaveMissed) {
      told = tell
      for (const event of READY) client.on(event, mayHaveMissed)
      return () => {
        told = undefined
        for (const event of READY) client.off(event, mayHaveMissed)
      }
    },
  }
}

function ofIoredis(client: IoredisSubscriber): Channels {
  return {
    subscribe: (channel) => client.subscribe(channel),
    unsubscribe: (channel) => client.unsubscribe(channel),
    open(tell, mayHaveMissed) {
      client.on('message', tell)
      client.on('ready', mayHaveMissed)
      return () => {
        client.off('message', tell)
        client.off('ready', mayHaveMissed)
      }
    },
  }
}
