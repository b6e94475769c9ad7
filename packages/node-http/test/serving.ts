import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createHttp2Server, type Http2Server } from 'node:http2'
import type { AddressInfo } from 'node:net'
import type { Header } from '@keepsake/core'
import type { MaybePromise } from '@keepsake/core/adapter'
import { type Client, createClient } from '@keepsake/testing'
import { onTestFinished } from 'vitest'
import type { AnyRequest, AnyResponse } from '../src/headers/messages.ts'
import { Hold } from '../src/hold/hold.ts'

export type Protocol = 'http/1.1' | 'h2'
export const PROTOCOLS: readonly Protocol[] = ['http/1.1', 'h2']

/** On HTTP/2, request and response of the compatibility API, which have the same methods. */
export type Listener = (request: IncomingMessage, response: ServerResponse) => unknown

export interface Served {
  readonly origin: string
  readonly client: Client
  /** A client with its own connection. */
  readonly visitor: () => Client
}

/** Serves until the test ends; the clients live as long. */
export async function serve(protocol: Protocol, listener: Listener): Promise<Served> {
  const run = listener as (request: object, response: object) => void
  const origin = `http://127.0.0.1:${await listen(protocol === 'h2' ? createHttp2Server(run) : createServer(run))}`
  const visitor = (): Client => {
    const client = createClient(origin, { protocol })
    onTestFinished(() => client.close())
    return client
  }
  return { origin, visitor, client: visitor() }
}

/** Makes a server listen on a free port of the loopback interface until the test ends; returns the port. */
export async function listen(server: Server | Http2Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    server.close()
    if ('closeAllConnections' in server) server.closeAllConnections()
    await once(server, 'close')
  })
  return (server.address() as AddressInfo).port
}

/** A commit that a response waits for, without any session. */
interface Held {
  readonly commit: () => MaybePromise<readonly Header[]>
  readonly fail: (error: unknown) => void
}

class TestHold extends Hold {
  protected override readonly saved: readonly Header[] = []
  readonly #held: Held

  constructor(request: AnyRequest, response: AnyResponse, held: Held) {
    super(request, response)
    this.#held = held
  }

  protected override commit(): MaybePromise<readonly Header[]> {
    return this.#held.commit()
  }

  protected override fail(error: unknown): void {
    this.#held.fail(error)
  }
}

/** Holds a response until the test's own commit is done. */
export function holdResponse(request: AnyRequest, response: AnyResponse, held: Held): void {
  new TestHold(request, response, held).begin()
}

export const COOKIE: Header = ['Set-Cookie', 'id=1']

/** A commit that starts when the response needs it, and ends when the test resolves it. */
export interface Commit {
  readonly commit: () => Promise<readonly Header[]>
  readonly begun: Promise<void>
  readonly done: (headers?: readonly Header[]) => void
  readonly refused: (error: unknown) => void
}

export function commitByHand(events: string[] = []): Commit {
  const begun = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<readonly Header[]>()
  return {
    begun: begun.promise,
    commit: () => {
      events.push('commit begins')
      begun.resolve()
      return ended.promise
    },
    done: (headers = [COOKIE]) => {
      events.push('commit ends')
      ended.resolve(headers)
    },
    refused: ended.reject,
  }
}

/** The warnings of this process from now to the end of the test. */
export function warnings(): string[] {
  const seen: string[] = []
  const note = ({ name, message }: Error): void => void seen.push(`${name}: ${message}`)
  process.on('warning', note)
  onTestFinished(() => void process.off('warning', note))
  return seen
}

/** Waits for a few turns of the event loop. */
export async function turns(left = 5): Promise<void> {
  for (let turn = 0; turn < left; turn++) await new Promise(setImmediate)
}
