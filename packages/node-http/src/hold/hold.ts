import type { Header } from '@keepsake/core'
import type { MaybePromise } from '@keepsake/core/adapter'
import type { AnyRequest, AnyResponse } from '../headers/messages.ts'
import { applyHeaders } from '../headers/response-headers.ts'
import { appearGivenUp, appearSent } from './appear-sent.ts'
import { BufferedCalls, ResponseTooLargeError } from './buffered-calls.ts'
import { DeferredDestroy, destroySocket } from './deferred-destroy.ts'
import { answerFailure, type GivenUp } from './failure-response.ts'
import { type Args, dropCall, type Method, type Originals } from './methods.ts'
import { type Gate, gateOf, originalsOf, override, passOn, restore } from './overrides.ts'
import { takeHeaders } from './write-head.ts'

type State =
  /** The headers were not requested yet. */
  | 'waiting'
  /** The commit is running; the handler's calls are buffered. */
  | 'holding'
  /** The response is sent normally. */
  | 'released'
  /** The response is abandoned; the handler's later calls are dropped. */
  | 'failed'

/** The state of a response that waits, or is abandoned. */
interface Delay {
  readonly calls: BufferedCalls
  /** It appears sent until `endSent` is called, and its socket is not destroyed. */
  appearance: { readonly endSent: () => void; readonly socket: DeferredDestroy } | undefined
  /** The headers from the commit; set once it is done, or has failed. */
  headers: readonly Header[]
  /** Why the response is abandoned. */
  failure: unknown
}

/**
 * Sends nothing of a response, not even its status line, before its commit is done.
 *
 * A synchronous commit costs no tick and no buffer. During an asynchronous one the response is held: `write()`
 * returns false and `'drain'` follows, `headersSent` and `writableEnded` read as if it had been sent. After a failed
 * commit none of the handler's headers and nothing of its body is sent: `fail` responds instead.
 *
 * It is created for every request, and so has few fields and no closures; the rest is in its delay.
 */
export abstract class Hold implements Gate {
  protected readonly request: AnyRequest
  protected readonly response: AnyResponse
  readonly below: Gate | undefined
  readonly originals: Originals
  #state: State = 'waiting'
  #delay: Delay | undefined

  constructor(request: AnyRequest, response: AnyResponse) {
    this.request = request
    this.response = response
    this.below = gateOf(response)
    this.originals = this.below?.originals ?? originalsOf(response)
  }

  /** Commits, and returns the headers for the response. */
  protected abstract commit(): MaybePromise<readonly Header[]>

  /** The headers of earlier commits, which an error response must have too. */
  protected abstract readonly saved: readonly Header[]

  /** Responds to a failed commit, in the framework's own way. */
  protected abstract fail(error: unknown): void

  /** From now on the response waits. */
  begin(): void {
    override(this.response, this)
  }

  takeHead(args: Args): Args {
    return this.#state === 'waiting' ? takeHeaders(this.response, args) : args
  }

  admit(): boolean {
    if (this.#state === 'waiting') this.#commit()
    return this.#state === 'released'
  }

  keep(method: Method, args: Args): unknown {
    const { calls, failure } = this.#openDelay(method !== 'end')
    if (this.#state === 'failed') {
      if (method === 'end') calls.hasEnded = true
      return dropCall(this.response, method, args, failure)
    }
    const told = calls.add(method, args)
    if (calls.isTooLarge) this.#drop(new ResponseTooLargeError())
    return told
  }

  #commit(): void {
    try {
      const headers = this.commit()
      if (headers instanceof Promise) this.#holdUntil(headers)
      else {
        this.#release(headers)
        restore(this.response, this)
      }
    } catch (error) {
      this.#drop(error)
    }
  }

  #holdUntil(committed: Promise<readonly Header[]>): void {
    this.#state = 'holding'
    committed.then(
      (headers) => this.#goOn(headers),
      (error: unknown) => this.#drop(error),
    )
  }

  #goOn(headers: readonly Header[]): void {
    // Too much was written in the meantime, and the response was abandoned.
    if (this.#state !== 'holding') return
    const delay = this.#openDelay(true)
    delay.appearance?.endSent()
    const isDestroyAsked = delay.appearance?.socket.end()
    delay.appearance = undefined
    delay.headers = headers
    try {
      this.#release(headers)
      delay.calls.replay((method, args) => this.#send(method, args))
    } catch (error) {
      return this.#drop(error)
    }
    restore(this.response, this)
    if (isDestroyAsked === true) destroySocket(this.request, this.response, delay.calls.hasEnded)
  }

  #release(headers: readonly Header[]): void {
    this.#state = 'released'
    if (headers.length > 0) applyHeaders(this.response, headers)
  }

  /** Makes a call of the handler, if the response continues from here. */
  #send(method: Method, args: Args): unknown {
    const { below, originals, response } = this
    return below ? passOn(below, response, method, args) : Reflect.apply(originals[method], response, args)
  }

  #openDelay(mayWrite: boolean): Delay {
    const { request, response } = this
    const calls = this.#delay?.calls ?? new BufferedCalls(response)
    const delay = (this.#delay ??= { calls, appearance: undefined, headers: [], failure: undefined })
    delay.appearance ??= {
      endSent: appearSent(request, response, calls, mayWrite),
      socket: new DeferredDestroy(request, calls),
    }
    return delay
  }

  /** Abandons the response. The error response waits until the handler's own calls have returned. */
  #drop(error: unknown): void {
    if (this.#state === 'failed') return
    this.#state = 'failed'
    const delay = this.#openDelay(true)
    if (delay.headers.length === 0) delay.headers = this.saved
    delay.failure = error
    delay.calls.drop(error)
    setImmediate(() => this.#answer(delay))
  }

  #answer(delay: Delay): void {
    const { request, response } = this
    const { appearance, failure } = delay
    appearance?.endSent()
    // A handler that writes after the end of the error response must not crash the process.
    response.on('error', ignore)
    if (response.headersSent) {
      appearance?.socket.end()
      this.fail(failure)
      // HTTP/2 signals an incomplete response only by an error.
      response.destroy(request.httpVersionMajor < 2 ? undefined : (failure as Error))
      return
    }
    answerFailure(this.#givenUp(delay), () => this.fail(failure))
  }

  #givenUp({ calls, failure, headers }: Delay): GivenUp {
    const { request, response, originals } = this
    return {
      response,
      originals,
      progress: calls,
      appear: () => appearGivenUp(request, response, calls),
      failure,
      send: (method, args) => {
        const left = method === 'writeHead' ? takeHeaders(response, args) : args
        if (!response.headersSent) applyHeaders(response, headers)
        return this.#send(method, left)
      },
      drop: (method, args) => this.keep(method, args),
    }
  }
}

const ignore = (): void => undefined
