import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'
import type { Session, Sessions } from '@keepsake/core'
import type { CrossOriginGuardOptions, MaybePromise } from '@keepsake/core/adapter'

/** Data without a declared shape. */
export type Data = Record<string, unknown>

/** One request, seen through a framework: the verbs that every framework has a way of its own for. */
export interface Exchange {
  /** Node's request and response; on HTTP/2 those of its compatibility API, which have the same methods. */
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** What the adapter gives. Reading it is the look that opens the session. */
  readonly session: Session<Data>
  /** `attachSession` of `@keepsake/node-http`, by hand. */
  readonly attach: (sessions: Sessions<Data>) => MaybePromise<Session<Data>>
  /** Answers 200 with a text, or with what a stream brings. */
  readonly send: (body: string | Readable) => unknown
  /** Answers 302. */
  readonly redirect: (to: string) => unknown
  /** From now on the handler answers by `response` alone. */
  readonly takeOver: () => unknown
}

export type Handler = (exchange: Exchange) => unknown

/**
 * What not every host has, in the words of the scenarios that ask for it. What one cannot do its README names, and its suite checks that
 * it does.
 */
export type Feature =
  | 'early hints'
  | 'the head of a stream of events'
  | 'a handler that never looks'
  | 'a look that comes after the head'
  | 'the cookie when an error'
  | 'long after the response has closed'

/** A framework with its adapter mounted: over Node's requests and responses, or over `Request` and `Response`. */
export type AdapterHost = NodeHost | FetchHost

interface HostFacts {
  /** Such as `'Express 5'`; names the suite's tests. */
  readonly name: string
  /** What it cannot do, and the text of the README that names each. Left out: nothing. */
  readonly without?: { readonly features: readonly Feature[]; readonly readme: string } | undefined
}

/** A host whose handlers are given Node's response. */
export interface NodeHost extends HostFacts {
  /** What its server speaks. Default `'http/1.1'`. */
  readonly protocol?: 'http/1.1' | 'h2'
  /**
   * The request listener of an application that mounts the session and then this one handler. What the handler throws,
   * at once or later, and a session that cannot be saved are answered by the framework: with the `status` of the error,
   * such as the 409 of a `SessionGoneError` or the 503 of a `StoreError`, or else with 500.
   */
  listener(sessions: Sessions<Data>, handler: Handler, mounted: Mounted): Listener
}

/** A host whose handlers return a `Response`. It is asked without a wire, unless it is served. */
export interface FetchHost extends HostFacts {
  /** As {@link NodeHost.listener}; `respondBy` runs the handler. */
  fetch(sessions: Sessions<Data>, handler: Handler, mounted: Mounted): FetchHandler
  /** Serves it over HTTP/1.1, as one of the servers does that turn Node's requests into those of the Fetch API. */
  readonly serve?: ((fetch: FetchHandler) => Listener) | undefined
}

export type FetchHandler = (request: Request) => Response | Promise<Response>

/** What an application mounts besides the session and the handler. */
export interface Mounted {
  /** Left out: none. Else the cross-origin guard, between the two, and before it what parses the body of a form. */
  readonly guard?: CrossOriginGuardOptions | undefined
}

/** Takes the requests and responses of `node:http` or of `node:http2`, as the host's protocol says. */
export type Listener = (request: IncomingMessage, response: ServerResponse) => unknown
