import type { ServerHttp2Stream } from 'node:http2'
import { type AnyResponse, streamOf } from '../headers/messages.ts'
import { answerFor, isAnswering } from './answering.ts'
import { type Args, dropCall, type Method, METHODS, methodsOf, type Originals } from './methods.ts'

/** Calls that change a response or send something besides: headers, trailers, and 1xx responses. */
const CHANGES = [
  'setHeader',
  'setHeaders',
  'appendHeader',
  'removeHeader',
  'addTrailers',
  'setTrailer',
  'writeContinue',
  'writeEarlyHints',
  'writeProcessing',
  'writeInformation',
] as const

/** An abandoned response. */
export interface GivenUp {
  readonly response: AnyResponse
  readonly originals: Originals
  /** Identifies it. */
  readonly progress: object
  /** Why it was abandoned. */
  readonly failure: unknown
  /** Makes it appear sent permanently, to all code but the error response. */
  readonly appear: () => void
  /** Makes a call of the error response, below wrappers (compression) that have begun on the handler's response. */
  readonly send: (method: Method, args: Args) => unknown
  /** Drops a call of the handler, and returns its result for it. */
  readonly drop: (method: Method, args: Args) => unknown
}

/**
 * Makes `answer` respond in place of a handler that may still be sending. For code that `answer` runs, awaits or is called back by,
 * the response is as if nothing had been set or sent. For all other code it remains sent: its writes are dropped,
 * or an event stream would continue below the error page.
 *
 * An error response from a callback that is not bound to `answer`, as of a pool without `AsyncResource`, counts as other code.
 */
export function answerFailure(givenUp: GivenUp, answer: () => void): void {
  const { response, progress, failure, appear } = givenUp
  forgetHead(response)
  guard(givenUp)
  appear()
  endStreams(response, failure)
  answerFor(progress, answer)
}

/** From now on only the error response reaches the response. */
function guard({ response, originals, progress, failure, send, drop }: GivenUp): void {
  const methods = methodsOf<string>(response)
  for (const name of CHANGES) {
    const change = methods[name]
    if (change === undefined) continue
    methods[name] = (...args) =>
      isAnswering(progress) ? Reflect.apply(change, response, args) : dropCall(response, name, args, failure)
  }
  for (const name of METHODS)
    methods[name] = (...args) => (isAnswering(progress) ? send(name, args) : drop(name, args))
  // The handler's `write` always returns false: it would otherwise write during the error response.
  methods['on'] = methods['addListener'] = (event, listener) =>
    event === 'drain' && !isAnswering(progress)
      ? response
      : Reflect.apply(originals.on, response, [event, listener])
  // Both have listeners on it.
  response.setMaxListeners(2 * response.getMaxListeners())
}

/** Ends streams that pipe into the response, and closes their sources, which would otherwise destroy the response. */
function endStreams(response: AnyResponse, failure: unknown): void {
  const { destroyed } = response
  if (destroyed) return
  Object.assign(response, { destroyed: true })
  response.emit('error', failure)
  Object.assign(response, { destroyed })
  response.removeAllListeners('drain')
}

/** Removes everything that a handler has set: headers, trailers, the status. */
function forgetHead(response: AnyResponse): void {
  for (const name of response.getHeaderNames()) {
    // Node keeps a Date header that is removed, or stops sending one.
    if (name === 'date') response.setHeader(name, new Date().toUTCString())
    else response.removeHeader(name)
  }
  response.statusCode = 500
  const stream = streamOf(response)
  if (stream !== undefined) return forgetTrailers(stream)
  response.statusMessage = ''
  response.addTrailers({})
}

/** HTTP/2 trailers can be added but not removed. */
function forgetTrailers(stream: ServerHttp2Stream): void {
  stream.removeAllListeners('wantTrailers')
  stream.once('wantTrailers', () => stream.sendTrailers({}))
}
