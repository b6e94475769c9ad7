import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { createServer as createHttp2Server, type Http2Server } from 'node:http2'
import { type AddressInfo } from 'node:net'
import type { DataOptions, Sessions, SessionsOptions } from '@keepsake/core'
import { onTestFinished } from 'vitest'
import { type Client, type ClientOptions, clientOver, createClient } from './client.ts'
import type { AdapterHost, Data, Feature, Handler, Listener, Mounted } from './host.ts'
import type { Jar } from './jar.ts'
import type { SuiteMode } from './modes.ts'
import { openFetch } from './transport-fetch.ts'
import type { Answer, Fields } from './wire.ts'

/** One handler for each path. */
export type Routes = Readonly<Record<string, Handler>>

/** Where the scenarios of a suite are played: one host in one mode. */
export interface Stage {
  readonly host: AdapterHost
  readonly createSessions: (options?: Partial<SessionsOptions & DataOptions<Data>>) => Sessions<Data>
  /** Serves these routes until the test is over. */
  readonly serve: (routes: Routes, sessions?: Sessions<Data>, mounted?: Mounted) => Promise<Served>
  /** Header fields to compare with those of an answer: names in lower case where the host has them so. */
  readonly fields: (...fields: Fields) => Fields
}

interface Served {
  readonly origin: string
  readonly client: Client
  /** Another visitor, or the same one on another connection when given the same jar. */
  readonly visitor: (options?: Pick<ClientOptions, 'jar'>) => Client
}

const SECRET = 'a secret that is only for tests with 48 characters'
/** Larger than Node's own limit, so that it is the session that has to cope. */
const MAX_HEADER_BYTES = 65_536

export function createStage(host: AdapterHost, mode: SuiteMode): Stage {
  const createSessions: Stage['createSessions'] = (options = {}) =>
    mode.createSessions({ secrets: [SECRET], revocation: 'none', ...options })
  return Object.freeze<Stage>({
    host,
    createSessions,
    async serve(routes, sessions = createSessions(), mounted = {}) {
      const route: Handler = (exchange) => {
        const handler = routes[new URL(exchange.request.url ?? '', 'http://host').pathname]
        if (handler === undefined) throw new Error('no such route in this scenario')
        return handler(exchange)
      }
      const { origin, connect } = await open(host, sessions, route, mounted)
      const visitor: Served['visitor'] = ({ jar } = {}) => {
        const client = connect(jar)
        onTestFinished(() => client.close())
        return client
      }
      return { origin, visitor, client: visitor() }
    },
    fields: (...fields) => {
      const isLower = 'fetch' in host || host.protocol === 'h2'
      return inOrder(isLower ? fields.map(([name, value]) => [name.toLowerCase(), value] as const) : fields)
    },
  })
}

/** A host that is ready to be asked. */
interface Opened {
  readonly origin: string
  readonly connect: (jar: Jar | undefined) => Client
}

async function open(
  host: AdapterHost,
  ...given: readonly [Sessions<Data>, Handler, Mounted]
): Promise<Opened> {
  if (!('fetch' in host)) return listen(host.protocol ?? 'http/1.1', host.listener(...given))
  const fetch = host.fetch(...given)
  if (host.serve !== undefined) return listen('http/1.1', host.serve(fetch))
  return { origin: NOWHERE, connect: (jar) => clientOver(openFetch(NOWHERE, fetch), NOWHERE, jar) }
}

/** Where a host is that has no server. */
const NOWHERE = 'http://127.0.0.1'

async function listen(protocol: 'http/1.1' | 'h2', listener: Listener): Promise<Opened> {
  const origin = await listenFor(serverOf(protocol, listener))
  return { origin, connect: (jar) => createClient(origin, { protocol, ...(jar && { jar }) }) }
}

/** Whether there is something to try; what a host cannot do its README names. */
export const canDo = ({ without }: AdapterHost, feature: Feature): boolean =>
  without?.features.includes(feature) !== true

function serverOf(protocol: 'http/1.1' | 'h2', listener: Listener): Server | Http2Server {
  if (protocol !== 'h2') {
    return createServer(
      { maxHeaderSize: MAX_HEADER_BYTES },
      (request, response) => void listener(request, response),
    )
  }
  const run = listener as (request: object, response: object) => unknown
  const settings = { maxHeaderListSize: MAX_HEADER_BYTES }
  return createHttp2Server({ settings }, (request, response) => void run(request, response))
}

/** Listens on a free port of the loopback until the test is over. */
export async function listenFor(server: Server | Http2Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    server.close()
    if ('closeAllConnections' in server) server.closeAllConnections()
    await once(server, 'close')
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** What frameworks, Node and the connection add of their own, and may differ in. */
const OWN_FIELDS: ReadonlySet<string> = new Set([
  'date',
  'connection',
  'keep-alive',
  'transfer-encoding',
  'content-length',
  'content-type',
  'etag',
  'x-powered-by',
  // Express's final handler
  'content-security-policy',
  'x-content-type-options',
])

/** The fields of an answer that must be the same on every host; the tokens, never twice the same, are named. */
export function comparable({ fields }: Pick<Answer, 'fields'>): Fields {
  const compared = fields
    .filter(([name]) => !OWN_FIELDS.has(name.toLowerCase()))
    .map(([name, value]) => [name, value.replace(/^(__Host-[a-z]+)=[\w-]{20,}/, '$1=<token>')] as const)
  return inOrder(compared)
}

/** By name, where the order says nothing; those of one name stay in theirs. */
const inOrder = (fields: Fields): Fields =>
  fields.toSorted(([a], [b]) => a.toLowerCase().localeCompare(b.toLowerCase()))
