import { setTimeout as wait } from 'node:timers/promises'
import { type Client, createClient } from '@keepsake/testing'
import type { Asked } from './handlers.ts'
import type { Answer } from './history.ts'
import type { Wallet } from './wallet.ts'

/** The response; without a status if there was none. */
export interface Received {
  readonly status: number
  readonly gets?: string | undefined
  readonly answer?: Answer | undefined
}

/** One tab of a browser: a connection to each node, and one request at a time. */
export interface Tab {
  /** @param hangUpAfter Milliseconds after which the visitor leaves the page. */
  ask(origin: string, asked: Asked, hangUpAfter: number | undefined): Promise<Received>
  /** The response to a request with this cookie instead of the jar's. */
  tryCookie(origin: string, asked: Asked, cookie: string): Promise<Received>
  close(): Promise<void>
}

/** Longer than any response of a running node takes, in milliseconds. */
const PATIENCE_MS = 30_000

export function openTab(wallet: Wallet): Tab {
  const clients = new Map<string, Client>()

  function clientFor(origin: string): Client {
    const client = clients.get(origin) ?? createClient(origin, { jar: wallet.jar })
    clients.set(origin, client)
    return client
  }

  async function send(origin: string, asked: Asked, hangUpAfter: number, headers = {}): Promise<Received> {
    const client = clientFor(origin)
    const over = new AbortController()
    const hangUp = wait(hangUpAfter, undefined, { signal: over.signal }).then(
      () => {
        clients.delete(origin)
        return client.close()
      },
      () => undefined,
    )
    try {
      const path = `/?asked=${encodeURIComponent(JSON.stringify(asked))}`
      const received = await client.request(path, { method: 'POST', headers })
      const { status, text } = received
      const answer = status === 200 ? (JSON.parse(text) as Answer) : undefined
      return { status, gets: wallet.taken(received.values('set-cookie')), answer }
    } catch {
      return { status: 0 }
    } finally {
      over.abort()
      await hangUp
    }
  }

  return {
    ask: (origin, asked, hangUpAfter = PATIENCE_MS) => send(origin, asked, hangUpAfter),
    tryCookie: (origin, asked, cookie) => send(origin, asked, PATIENCE_MS, { cookie }),
    async close() {
      await Promise.all(Array.from(clients.values(), (client) => client.close()))
      clients.clear()
    },
  }
}
