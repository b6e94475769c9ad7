import type { AnyResponse } from '../headers/messages.ts'
import { type Args, dropCall, type Method, refuseHead } from './methods.ts'

/** The maximum to buffer for a response that ignores `write()` returning false. `end()`'s data is not counted. */
export const MAX_BUFFERED_BYTES = 16 * 1024 * 1024

/** A response kept writing without waiting for `'drain'` while its session was being saved. */
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

/** The calls with which a handler has sent a held response. */
export class BufferedCalls {
  readonly #response: AnyResponse
  #calls: Call[] = []
  #bytes = 0
  hasEnded = false
  owesDrain = false

  constructor(response: AnyResponse) {
    this.#response = response
  }

  /** Whether more is buffered than allowed. */
  get isTooLarge(): boolean {
    return this.#bytes > MAX_BUFFERED_BYTES
  }

  /** Buffers a call, and returns its result for the handler. */
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

  /** Discards the calls. */
  drop(error: unknown): void {
    for (const { method, args } of this.#calls.splice(0)) dropCall(this.#response, method, args, error)
  }
}

/** The buffered size of a chunk; a text counts by its length. */
function bytesIn(chunk: unknown): number {
  if (typeof chunk === 'string') return chunk.length
  return chunk instanceof Uint8Array ? chunk.byteLength : 0
}

const ignore = (): void => undefined

/** If a wrapper such as compression keeps the listeners of `'drain'`, `on` returns the object that emits to them. */
function emitDrain(response: AnyResponse): void {
  const emitter = response.on('drain', ignore).off('drain', ignore)
  response.emit('drain')
  // After the end it would tell a pipeline that everything was written.
  if (emitter !== response && !emitter.writableEnded) emitter.emit('drain')
}
