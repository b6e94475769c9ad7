import type { Store } from '@keepsake/core'
import { createKeyListeners, fieldOf } from '@keepsake/core/store'

/** The interface of a listening connection: a `Client` of `pg`, or a client of its pool. */
export interface PostgresListener {
  query(text: string): Promise<unknown>
  on(event: 'notification', listener: (message: { readonly payload?: string | undefined }) => void): unknown
  on(event: 'error' | 'end', listener: () => void): unknown
  /** Releases a pool's client, which must not be reused. */
  release?(destroy: true): void
  end?(): Promise<void>
}

/** Opens a connection only for listening. */
export type OpenListener = () => Promise<PostgresListener>

/** The `watch` of a store whose statements notify a channel of the keys that they wrote. */
export interface Listening {
  readonly watch: NonNullable<Store['watch']>
  /** Closes the connection. */
  readonly close: () => void
}

/** The minimum pause before a broken connection is reopened; random, so that a cluster's nodes do not reconnect simultaneously. */
const RETRY_MS = 250

/**
 * Keeps a connection open while something is watched. A broken one is reopened until that succeeds; then all
 * watches check for missed changes.
 */
export function createListening(open: OpenListener, channel: string): Listening {
  const listeners = createKeyListeners({ closed: () => void (listeners.size === 0 && close()) })
  /** Resolves to a function that closes the connection, once it listens. */
  let connection: Promise<() => void> | undefined
  let retry: NodeJS.Timeout | undefined

  function close(): void {
    clearTimeout(retry)
    connection?.then(
      (end) => end(),
      () => undefined,
    )
    connection = undefined
  }

  function connected(): Promise<() => void> {
    if (connection !== undefined) return connection
    const opening = listen(() => {
      if (connection === opening) lost()
    })
    connection = opening
    opening.catch(() => {
      if (connection === opening) connection = undefined
    })
    return opening
  }

  function lost(): void {
    connection = undefined
    clearTimeout(retry)
    if (listeners.size > 0) retry = setTimeout(reconnect, RETRY_MS * (1 + Math.random())).unref()
  }

  function reconnect(): void {
    connected().then(listeners.tellAll, lost)
  }

  async function listen(broke: () => void): Promise<() => void> {
    const client = await open()
    let isOver = false
    const end = (): void => {
      if (isOver) return
      isOver = true
      if (fieldOf(client, 'release') !== undefined) client.release?.(true)
      else client.end?.().catch(() => undefined)
    }
    client.on('notification', ({ payload = '' }) => listeners.tell(payload))
    const gone = (): void => {
      end()
      broke()
    }
    // A broken connection emits one of these events, or both.
    for (const event of ['error', 'end'] as const) client.on(event, gone)
    try {
      await client.query(`LISTEN "${channel}"`)
    } catch (error) {
      end()
      throw error
    }
    return end
  }

  return {
    close,
    async watch(key, changed) {
      const leave = listeners.add(key, changed)
      try {
        await connected()
      } catch (error) {
        leave()
        throw error
      }
      return leave
    },
  }
}
