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
  /** `attachSession` of `@keepsake/node-http`, by hand. */
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
 * Features that not every host has, in the words of the scenarios that test them. A host's README has to name those that it
 * lacks, and its suite checks that.
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
  /** Such as `'Express 5'`; names the suite's tests. */
  readonly name: string
  /** The features that it lacks, and the text of the README that names each. Default: none. */
  readonly without?: { readonly features: readonly Feature[]; readonly readme: string } | undefined
}

/** A host whose handlers receive Node's response. */
export interface NodeHost extends HostFacts {
  /** The protocol of its server. Default `'http/1.1'`. */
  readonly protocol?: 'http/1.1' | 'h2'
  /**
   * The request listener of an application that mounts the session and then this one handler. The framework responds to the handler's errors,
   * synchronous or not, and to a session that cannot be saved, with the `status` of the error,
   * such as the 409 of a `SessionGoneError` or the 503 of a `StoreError`, or else with 500.
   */
  listener(sessions: Sessions<Data>, handler: Handler, mounted: Mounted): Listener
}

/** A host whose handlers return a `Response`. It is called directly, unless it is served. */
export interface FetchHost extends HostFacts {
  /** As {@link NodeHost.listener}; `respondBy` runs the handler. */
  fetch(sessions: Sessions<Data>, handler: Handler, mounted: Mounted): FetchHandler
  /** Serves it over HTTP/1.1, as one of the servers does that turn Node's requests into those of the Fetch API. */
  readonly serve?: ((fetch: FetchHandler) => Listener) | undefined
}

export type FetchHandler = (request: Request) => Response | Promise<Response>

/** Middleware that an application mounts besides the session and the handler. */
export interface Mounted {
  /** Default: none. Otherwise the cross-origin guard, between the two, after a form parser. */
  readonly guard?: CrossOriginGuardOptions | undefined
}

/** Accepts the requests and responses of `node:http` or of `node:http2`, depending on the host's protocol. */
export type Listener = (request: IncomingMessage, response: ServerResponse) => unknown
