import type { ServerHttp2Stream } from 'node:http2'
import { type AnyResponse, streamOf } from '../headers/messages.ts'
import { answerFor, isAnswering } from './answering.ts'
import { type Args, dropCall, type Method, METHODS, methodsOf, type Originals } from './methods.ts'

/** What changes a response or sends something besides: head, trailers, and 1xx responses. */
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

/** A response that was given up. */
export interface GivenUp {
  readonly response: AnyResponse
  readonly originals: Originals
  /** Stands for it. */
  readonly progress: object
  /** Why it was given up. */
  readonly failure: unknown
  /** Has it appear sent for good, to all but the answer. */
  readonly appear: () => void
  /** Makes a call of the answer, below the wrappers (compression) that have begun on the handler's response. */
  readonly send: (method: Method, args: Args) => unknown
  /** Drops a call of the handler, and returns what that is told. */
  readonly drop: (method: Method, args: Args) => unknown
}

/**
 * Has `answer` answer in place of a handler that may still be sending. To what `answer` runs, awaits or is called back by,
 * the response is as if nothing had been set or sent. To all else it stays one that was sent: what comes of it is dropped,
 * or a stream of events would go on under the page that says what went wrong.
 *
 * All else is also an answer that is made in a callback of somebody else's, as of a pool without `AsyncResource`.
 */
export function answerFailure(givenUp: GivenUp, answer: () => void): void {
  const { response, progress, failure, appear } = givenUp
  forgetHead(response)
  guard(givenUp)
  appear()
  endStreams(response, failure)
  answerFor(progress, answer)
}

/** From now on only the answer reaches the response. */
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
  // There is never room for the handler: it would write in the course of the answer.
  methods['on'] = methods['addListener'] = (event, listener) =>
    event === 'drain' && !isAnswering(progress)
      ? response
      : Reflect.apply(originals.on, response, [event, listener])
  // Both have listeners on it.
  response.setMaxListeners(2 * response.getMaxListeners())
}

/** Ends what pipes into the response, and closes its sources. They would destroy the response, were it not already. */
function endStreams(response: AnyResponse, failure: unknown): void {
  const { destroyed } = response
  if (destroyed) return
  Object.assign(response, { destroyed: true })
  response.emit('error', failure)
  Object.assign(response, { destroyed })
  response.removeAllListeners('drain')
}

/** Takes back all that a handler has set: headers, trailers, the status. */
function forgetHead(response: AnyResponse): void {
  for (const name of response.getHeaderNames()) {
    // Node keeps a Date that is removed, or sends none any more.
    if (name === 'date') response.setHeader(name, new Date().toUTCString())
    else response.removeHeader(name)
  }
  response.statusCode = 500
  const stream = streamOf(response)
  if (stream !== undefined) return forgetTrailers(stream)
  response.statusMessage = ''
  response.addTrailers({})
}

/** HTTP/2 keeps trailers where they can be added to and not be taken back. */
function forgetTrailers(stream: ServerHttp2Stream): void {
  stream.removeAllListeners('wantTrailers')
  stream.once('wantTrailers', () => stream.sendTrailers({}))
}
