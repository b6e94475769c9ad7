import type { Header, MaybePromise } from '@keepsake/core'
import { answerInstead } from './answer.ts'
import { Backlog } from './backlog.ts'
import { applyHeaders, setGivenHeaders } from './headers.ts'
import { intercept, type Interceptor, interceptorOf, methodsBelow, stopIntercepting } from './interception.ts'
import { type Args, dropCall, type Method, type Methods } from './methods.ts'
import type { AnyRequest, AnyResponse } from './response.ts'
import { ResponseTooLargeError } from './too-large.ts'

/** What a response waits for. */
export interface Held {
  /** Commits, and says what the response still needs. */
  commit(): MaybePromise<readonly Header[]>
  /** Answers a commit that failed, in the framework's own way. */
  fail(error: unknown): void
}

/**
 * Lets nothing of a response leave, not even its status line, before its commit is done.
 *
 * A commit that is done at once costs no tick and no buffer. During one that takes time the response is held: `write()`
 * returns false and `'drain'` follows, `headersSent` and `writableEnded` read as if it had gone out. A commit that
 * fails leaves none of the handler's headers and nothing of its body: `fail` then answers.
 */
export function holdResponse(request: AnyRequest, response: AnyResponse, held: Held): void {
  intercept(response, new Hold(request, response, held))
}

type State =
  /** The head has not been asked for. */
  | 'waiting'
  /** The commit is under way; what the handler sends is kept. */
  | 'holding'
  /** The response goes its own way. */
  | 'released'
  /** The response is given up; what the handler still sends is dropped. */
  | 'failed'

const NO_HEADERS: readonly Header[] = []

class Hold implements Interceptor {
  readonly #request: AnyRequest
  readonly #response: AnyResponse
  readonly #held: Held
  readonly #originals: Methods
  /** Whether another session of the same response holds it too; what leaves this hold meets that one next. */
  readonly #isNested: boolean
  #state: State = 'waiting'
  #headers = NO_HEADERS
  /** There as long as the response is held, and once it is given up. */
  #backlog: Backlog | undefined
  #failure: unknown

  constructor(request: AnyRequest, response: AnyResponse, held: Held) {
    this.#request = request
    this.#response = response
    this.#held = held
    this.#isNested = interceptorOf(response) !== undefined
    this.#originals = methodsBelow(response)
  }

  called(method: Method, given: Args): unknown {
    let args = given
    if (this.#state === 'waiting') {
      if (method === 'writeHead') args = this.#takeHeaders(given)
      this.#begin()
    }
    if (this.#state === 'released') return Reflect.apply(this.#originals[method], this.#response, args)
    const backlog = this.#openBacklog()
    if (this.#state === 'holding') return this.#keep(backlog, method, args)
    if (method === 'end') backlog.hasEnded = true
    return dropCall(this.#response, method, args, this.#failure)
  }

  /** Ours must be added to those that `writeHead` is given, which would otherwise replace them. */
  #takeHeaders(args: Args): Args {
    const [status, reason, headers] = args
    const hasReason = typeof reason === 'string'
    setGivenHeaders(this.#response, hasReason ? headers : (headers ?? reason))
    return hasReason ? [status, reason] : [status]
  }

  #openBacklog(): Backlog {
    return (this.#backlog ??= new Backlog(this.#request, this.#response))
  }

  #begin(): void {
    try {
      const headers = this.#held.commit()
      if (headers instanceof Promise) this.#holdUntil(headers)
      else this.#release(headers)
    } catch (error) {
      this.#drop(error)
    }
  }

  #holdUntil(committed: Promise<readonly Header[]>): void {
    this.#state = 'holding'
    this.#openBacklog()
    committed.then((headers) => this.#goOn(headers)).catch((error: unknown) => this.#drop(error))
  }

  #keep(backlog: Backlog, method: Method, args: Args): unknown {
    const told = backlog.keep(method, args)
    if (backlog.isTooLarge) this.#drop(new ResponseTooLargeError())
    return told
  }

  #goOn(headers: readonly Header[]): void {
    // Too much was written meanwhile, and the response has been given up.
    if (this.#state !== 'holding') return
    const backlog = this.#openBacklog()
    const isDestroyAsked = backlog.endPretence()
    this.#release(headers)
    backlog.replay(this.#originals)
    if (isDestroyAsked) this.#destroySocket(backlog.hasEnded)
  }

  #release(headers: readonly Header[]): void {
    this.#state = 'released'
    applyHeaders(this.#response, headers)
    this.#headers = headers
    if (!this.#isNested) stopIntercepting(this.#response, this, this.#originals)
  }

  /**
   * Gives the response up. The answer to the failure waits until the handler's own calls are through.
   */
  #drop(error: unknown): void {
    if (this.#state === 'failed') return
    this.#state = 'failed'
    this.#failure = error
    const backlog = this.#openBacklog()
    backlog.drop(error)
    setImmediate(() => this.#answer(error, backlog))
  }

  #answer(error: unknown, backlog: Backlog): void {
    const response = this.#response
    const isDestroyAsked = backlog.endPretence()
    // A handler that writes on after the answer has ended must not bring the process down.
    response.on('error', ignore)
    // What is still piped in waits for a 'drain' that never comes: an error ends it, and closes its source.
    response.once('finish', () => response.emit('error', error))
    if (isDestroyAsked) this.#destroySocket(true)
    if (response.headersSent) {
      this.#held.fail(error)
      // HTTP/2 tells a visitor that an answer is incomplete by an error only.
      response.destroy(this.#request.httpVersionMajor < 2 ? undefined : (error as Error))
      return
    }
    forgetHead(this.#request, response)
    applyHeaders(response, this.#headers)
    answerInstead(response, this.#originals, error, (failed) => this.#held.fail(failed))
  }

  /** As asked for while the response was held; not before what has ended is delivered. */
  #destroySocket(hasEnded: boolean): void {
    const { socket } = this.#request
    if (hasEnded && !this.#response.writableFinished) this.#response.once('finish', () => socket.destroy())
    else socket.destroy()
  }
}

const ignore = (): void => undefined

function forgetHead(request: AnyRequest, response: AnyResponse): void {
  for (const name of response.getHeaderNames()) response.removeHeader(name)
  response.statusCode = 500
  // HTTP/2 has no status message, and warns of whoever asks for it.
  if (request.httpVersionMajor < 2) response.statusMessage = ''
}
