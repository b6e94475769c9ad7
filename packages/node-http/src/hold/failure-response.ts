import { AsyncLocalStorage } from 'node:async_hooks'
import type { AnyRequest, AnyResponse } from '../headers/messages.ts'
import { type Args, dropCall, type Method, type Methods } from './methods.ts'

const answering = new AsyncLocalStorage<AnyResponse>()

/**
 * Lets `fail` answer in place of a handler that may still be sending. What it sends belongs to the answer; so does what
 * comes after somebody has set a header again, which a handler whose head has left does not do. All else is dropped, or
 * a stream of events would begin the answer while an error handler awaits its template or the rest of the request.
 *
 * @param send Makes a call below the failed response, whose wrappers (compression) have begun on it.
 */
export function answerFailure(
  response: AnyResponse,
  send: (method: Method, args: Args) => unknown,
  error: unknown,
  fail: (error: unknown) => void,
): void {
  const bare = response.getHeaderNames().length
  const pass =
    (method: Method) =>
    (...args: Args): unknown => {
      const isAnswer = answering.getStore() === response || response.getHeaderNames().length > bare
      // On HTTP/2 a write after the end would tear down the answer that is under way.
      const isLate = method === 'write' && response.writableEnded
      return isLate || !isAnswer ? dropCall(response, method, args, error) : send(method, args)
    }
  const guards: Methods = {
    writeHead: pass('writeHead'),
    write: pass('write'),
    end: pass('end'),
    flushHeaders: pass('flushHeaders'),
  }
  Object.assign(response, guards)
  answering.run(response, fail, error)
}

/** Takes back every header that a handler has set, and its status. */
export function forgetHead(request: AnyRequest, response: AnyResponse): void {
  for (const name of response.getHeaderNames()) response.removeHeader(name)
  response.statusCode = 500
  // HTTP/2 has no status message, and warns of whoever asks for it.
  if (request.httpVersionMajor < 2) response.statusMessage = ''
}
