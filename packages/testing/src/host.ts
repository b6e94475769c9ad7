import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'
import type { Session, Sessions } from '@keepsake/core'
import type { CrossOriginGuardOptions, MaybePromise } from '@keepsake/core/adapter'

/** Data without a declared shape. */
export type Data = Record<string, unknown>

/** One request, seen through a framework: the operations for which every framework has its own methods. */
export interface Exchange {
  /** Node's request and response; on HTTP/2 those of its compatibility API, which have the same methods. */
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** The adapter's session. Reading it is the first use, which opens it. */
  readonly session: Session<Data>
  /** Calls `attachSession` of `@keepsake/node-http` explicitly. */
  readonly attach: (sessions: Sessions<Data>) => MaybePromise<Session<Data>>
  /** Responds with 200 and a text, or a stream. */
  readonly send: (body: string | Readable) => unknown
  /** Responds with 302. */
  readonly redirect: (to: string) => unknown
  /** From now on the handler responds only through `response`. */
  readonly takeOver: () => unknown
}

export type Handler = (exchange: Exchange) => unknown

/**
 * Features that not every host has, in the words of the scenarios that test them. A host's README must name the ones that
 * it lacks, and its suite checks that.
 */
export type Feature =
  | 'early hints'
  | 'the headers of an event stream'
  | 'a handler that never uses the session'
  | 'a first use after the headers'
  | 'the cookie when an error'
  | 'long after the response has closed'

/** A framework with its adapter mounted: over Node's requests and responses, or over `Request` and `Response`. */
export type AdapterHost = NodeHost | FetchHost

interface HostFacts {
  /** The host's name in the names of the tests, such as `'Express 5'`. */
  readonly name: string
  /** The features that it lacks, and the text of the README that names each. Default: none. */
  readonly without?: { readonly features: readonly Feature[]; readonly readme: string } | undefined
}

/** A host whose handlers receive Node's response. */
export interface NodeHost extends HostFacts {
  /** The protocol of its server. Default `'http/1.1'`. */
  readonly protocol?: 'http/1.1' | 'h2'
  /**
   * Returns the request listener of an application that mounts the session and then this one handler. If the handler throws
   * or rejects, or the session cannot be saved, the framework responds with the `status` of the error, such as the 409 of
   * a `SessionGoneError` or the 503 of a `StoreError`, or else with 500.
   */
  listener(sessions: Sessions<Data>, handler: Handler, mounted: Mounted): Listener
}

/** A host whose handlers return a `Response`. It is called directly, unless it is served. */
export interface FetchHost extends HostFacts {
  /** Like {@link NodeHost.listener}; `respondBy` runs the handler. */
  fetch(sessions: Sessions<Data>, handler: Handler, mounted: Mounted): FetchHandler
  /** Serves the host over HTTP/1.1, like a server that turns Node's requests into those of the Fetch API. */
  readonly serve?: ((fetch: FetchHandler) => Listener) | undefined
}

export type FetchHandler = (request: Request) => Response | Promise<Response>

/** Middleware that an application mounts in addition to the session and the handler. */
export interface Mounted {
  /** The options of a cross-origin guard between the two, after a form parser. Default: no guard. */
  readonly guard?: CrossOriginGuardOptions | undefined
}

/** Accepts the requests and responses of `node:http` or of `node:http2`, depending on the host's protocol. */
export type Listener = (request: IncomingMessage, response: ServerResponse) => unknown
