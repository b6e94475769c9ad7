import { define } from '@keepsake/core/adapter'
import type { Socket } from 'node:net'
import type { AnyRequest, AnyResponse } from '../headers/messages.ts'
import { isAnswering } from './answering.ts'

/**
 * Defers `request.socket.destroy()` while a response is held. Express's final handler calls it for an error
 * after the response was sent; with the response still held, that would lose what plain Express delivers. Only the
 * request's view of its socket changes; other calls reach the socket itself, and so do calls
 * by an error response.
 */
export class DeferredDestroy implements ProxyHandler<Socket> {
  readonly #request: AnyRequest
  readonly #socket: Socket
  readonly #progress: object
  /** On HTTP/1 it is a property of the request, on HTTP/2 a getter of its prototype. */
  readonly #isOwn: boolean
  #isAsked = false

  /** @param progress The response's. */
  constructor(request: AnyRequest, progress: object) {
    this.#request = request
    this.#socket = request.socket
    this.#progress = progress
    this.#isOwn = Object.hasOwn(request, 'socket')
    const view = new Proxy(request.socket, this)
    if (this.#isOwn) (request as { socket: Socket }).socket = view
    else define(request, 'socket', { value: view, configurable: true, writable: true })
  }

  get(target: Socket, key: string | symbol, itself: unknown): unknown {
    if (key !== 'destroy' || isAnswering(this.#progress)) return Reflect.get(target, key) as unknown
    return () => {
      this.#isAsked = true
      return itself
    }
  }

  /** Ends this, and returns whether destruction was requested. */
  end(): boolean {
    if (this.#isOwn) (this.#request as { socket: Socket }).socket = this.#socket
    else Reflect.deleteProperty(this.#request, 'socket')
    return this.#isAsked
  }
}

// A trap is read through its handler's prototypes.
Object.setPrototypeOf(DeferredDestroy.prototype, null)

/** As requested while the response was held; not before the ended response is delivered. */
export function destroySocket({ socket }: AnyRequest, response: AnyResponse, hasEnded: boolean): void {
  if (hasEnded && !response.writableFinished) response.once('finish', () => socket.destroy())
  else socket.destroy()
}
