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

/** Where a suite's scenarios run: one host in one mode. */
export interface Stage {
  readonly host: AdapterHost
  readonly createSessions: (options?: Partial<SessionsOptions & DataOptions<Data>>) => Sessions<Data>
  /** Serves these routes until the end of the test. */
  readonly serve: (routes: Routes, sessions?: Sessions<Data>, mounted?: Mounted) => Promise<Served>
  /** Header fields to compare with those of a response: with names in lower case if the host sends them so. */
  readonly fields: (...fields: Fields) => Fields
}

interface Served {
  readonly origin: string
  readonly client: Client
  /** Another visitor, or the same one on another connection with the same jar. */
  readonly visitor: (options?: Pick<ClientOptions, 'jar'>) => Client
}

const SECRET = 'a secret that is only for tests with 48 characters'
/** Larger than Node's own limit, so that the session has to handle it. */
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

/** A host that is ready for requests. */
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

/** The origin of a host without a server. */
const NOWHERE = 'http://127.0.0.1'

async function listen(protocol: 'http/1.1' | 'h2', listener: Listener): Promise<Opened> {
  const origin = await listenFor(serverOf(protocol, listener))
  return { origin, connect: (jar) => createClient(origin, { protocol, ...(jar && { jar }) }) }
}

/** Whether a feature can be tested; a host's README names those that it lacks. */
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

/** Listens on a free port of the loopback until the end of the test. */
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

/** Headers that frameworks, Node and the connection add, and that may differ between hosts. */
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

/** The header fields that must be the same on every host; tokens, which always differ, are replaced by names. */
export function comparable({ fields }: Pick<Answer, 'fields'>): Fields {
  const compared = fields
    .filter(([name]) => !OWN_FIELDS.has(name.toLowerCase()))
    .map(([name, value]) => [name, value.replace(/^(__Host-[a-z]+)=[\w-]{20,}/, '$1=<token>')] as const)
  return inOrder(compared)
}

/** Sorts fields by name, because the order of names has no meaning; fields with the same name keep their order. */
const inOrder = (fields: Fields): Fields =>
  fields.toSorted(([a], [b]) => a.toLowerCase().localeCompare(b.toLowerCase()))
