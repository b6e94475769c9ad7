import { type Args, dropCall, type Method, type Methods } from './methods.ts'
import { pretendSent, type Progress, refuse } from './pretence.ts'
import type { AnyRequest, AnyResponse } from './response.ts'
import { bytesIn, MAX_HELD_BYTES } from './too-large.ts'

interface Call {
  readonly method: Method
  readonly args: Args
}

/** What a handler has sent while its response waits, or that is given up; to the handler it has gone out. */
export class Backlog implements Progress {
  readonly #request: AnyRequest
  readonly #response: AnyResponse
  #endPretence: (() => boolean) | undefined
  #calls: Call[] = []
  #bytes = 0
  hasEnded = false
  owesDrain = false

  constructor(request: AnyRequest, response: AnyResponse) {
    this.#request = request
    this.#response = response
    this.#pretend()
  }

  /** Whether more is kept than a response may hold up. */
  get isTooLarge(): boolean {
    return this.#bytes > MAX_HELD_BYTES
  }

  /** Keeps a call, and returns what the handler is told. */
  keep(method: Method, args: Args): unknown {
    if (method === 'writeHead' && this.#calls.length > 0) refuse()
    if (method === 'end') this.hasEnded = true
    this.#calls.push({ method, args })
    if (method !== 'write') return this.#response
    this.owesDrain = true
    this.#bytes += bytesIn(args[0])
    return false
  }

  /** Makes the calls that were kept, of these methods. */
  replay(methods: Methods): void {
    let hasRoom = true
    for (const { method, args } of this.#calls.splice(0))
      hasRoom = Reflect.apply(methods[method], this.#response, args) !== false
    if (this.owesDrain && hasRoom && !this.hasEnded) emitDrain(this.#response)
  }

  /** Gives up the calls that were kept; whatever comes now comes too late. */
  drop(error: unknown): void {
    this.#pretend()
    for (const { method, args } of this.#calls.splice(0)) dropCall(this.#response, method, args, error)
  }

  /** The response says again how far it is. Returns whether the destruction of its socket was asked for meanwhile. */
  endPretence(): boolean {
    const end = this.#endPretence
    this.#endPretence = undefined
    return end?.() === true
  }

  #pretend(): void {
    this.#endPretence ??= pretendSent(this.#request, this.#response, this)
  }
}

const ignore = (): void => undefined

/** Where a wrapper such as compression keeps the listeners of `'drain'`, `on` returns what emits to them. */
function emitDrain(response: AnyResponse): void {
  const emitter = response.on('drain', ignore).off('drain', ignore)
  response.emit('drain')
  // After the end it would tell a pipeline that all has been written.
  if (emitter !== response && !emitter.writableEnded) emitter.emit('drain')
}
