import { define } from '@keepsake/core/adapter'
import type { AnyRequest, AnyResponse } from '../headers/messages.ts'
import { isAnswering } from './answering.ts'

/**
 * Defers `request.socket.destroy()` while a response is held. Express's final handler calls it for an error
 * after the response was sent; with the response still held, that would lose what plain Express delivers. Only the
 * request's view of its socket changes; other calls reach the socket itself, and so do calls
 * by an error response.
 *
 * @param progress The response's.
 * @returns A function that ends this, and returns whether destruction was requested.
 */
export function deferDestroy(request: AnyRequest, progress: object): () => boolean {
  const holder = request as { socket: AnyRequest['socket'] }
  const { socket } = holder
  let isAsked = false
  const view = new Proxy(socket, {
    __proto__: null,
    get(target, key, itself) {
      if (key !== 'destroy' || isAnswering(progress)) return Reflect.get(target, key) as unknown
      return () => {
        isAsked = true
        return itself as unknown
      }
    },
  } as ProxyHandler<AnyRequest['socket']>)
  // On HTTP/1 it is a property of the request, on HTTP/2 a getter of its prototype.
  const isOwn = Object.hasOwn(request, 'socket')
  if (isOwn) holder.socket = view
  else define(request, 'socket', { value: view, configurable: true, writable: true })
  return () => {
    if (isOwn) holder.socket = socket
    else Reflect.deleteProperty(request, 'socket')
    return isAsked
  }
}

/** As requested while the response was held; not before the ended response is delivered. */
export function destroySocket({ socket }: AnyRequest, response: AnyResponse, hasEnded: boolean): void {
  if (hasEnded && !response.writableFinished) response.once('finish', () => socket.destroy())
  else socket.destroy()
}
