import { AsyncLocalStorage } from 'node:async_hooks'
import { type Args, dropCall, type Method, type Methods } from './methods.ts'
import type { AnyResponse } from './response.ts'

const answering = new AsyncLocalStorage<AnyResponse>()

/**
 * Lets `fail` answer in place of a handler that may still be sending. What it sends belongs to the answer; so does what
 * comes after somebody has set a header again, which a handler whose head has left does not do. All else is dropped, or
 * a stream of events would begin the answer while an error handler awaits its template or the rest of the request.
 *
 * @param methods What sends: those from before the failed response, whose wrappers (compression) have begun on it.
 */
export function answerInstead(
  response: AnyResponse,
  methods: Methods,
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
      if (isLate || !isAnswer) return dropCall(response, method, args, error)
      return methods[method].apply(response, [...args])
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
