import type { AnyResponse } from '../headers/messages.ts'
import { type Args, dropCall, type Method, refuseHead } from './methods.ts'

/** What may be buffered of a response that ignores `write()` returning false. What `end()` brings is not counted. */
export const MAX_BUFFERED_BYTES = 16 * 1024 * 1024

/** A response wrote on and on without waiting for `'drain'` while its session was being saved. */
export class ResponseTooLargeError extends Error {
  override readonly name = 'ResponseTooLargeError'
  readonly code = 'KEEPSAKE_RESPONSE_TOO_LARGE'

  constructor() {
    super(
      `more than ${MAX_BUFFERED_BYTES} bytes were written, without waiting for 'drain', while the session was being saved`,
    )
  }
}

interface Call {
  readonly method: Method
  readonly args: Args
}

/** The calls by which a handler has sent a response that waits. */
export class BufferedCalls {
  readonly #response: AnyResponse
  #calls: Call[] = []
  #bytes = 0
  hasEnded = false
  owesDrain = false

  constructor(response: AnyResponse) {
    this.#response = response
  }

  /** Whether more is buffered than a response may hold up. */
  get isTooLarge(): boolean {
    return this.#bytes > MAX_BUFFERED_BYTES
  }

  /** Buffers a call, and returns what the handler is told. */
  add(method: Method, args: Args): unknown {
    if (method === 'writeHead' && this.#calls.length > 0) refuseHead()
    if (method === 'end') this.hasEnded = true
    this.#calls.push({ method, args })
    if (method !== 'write') return this.#response
    this.owesDrain = true
    this.#bytes += bytesIn(args[0])
    return false
  }

  /** Makes the calls, in order. */
  replay(call: (method: Method, args: Args) => unknown): void {
    let hasRoom = true
    for (const { method, args } of this.#calls.splice(0)) hasRoom = call(method, args) !== false
    if (this.owesDrain && hasRoom && !this.hasEnded) emitDrain(this.#response)
  }

  /** Gives up the calls. */
  drop(error: unknown): void {
    for (const { method, args } of this.#calls.splice(0)) dropCall(this.#response, method, args, error)
  }
}

/** What a chunk adds to what is buffered; a text counts by its length. */
function bytesIn(chunk: unknown): number {
  if (typeof chunk === 'string') return chunk.length
  return chunk instanceof Uint8Array ? chunk.byteLength : 0
}

const ignore = (): void => undefined

/** Where a wrapper such as compression keeps the listeners of `'drain'`, `on` returns what emits to them. */
function emitDrain(response: AnyResponse): void {
  const emitter = response.on('drain', ignore).off('drain', ignore)
  response.emit('drain')
  // After the end it would tell a pipeline that all has been written.
  if (emitter !== response && !emitter.writableEnded) emitter.emit('drain')
}
