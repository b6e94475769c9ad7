/** The methods that make the head leave. 1xx responses (early hints, continue) go by another way and pass. */
export type Method = 'writeHead' | 'write' | 'end' | 'flushHeaders'
export type Args = readonly unknown[]
export type Methods = Record<Method, (...args: Args) => unknown>

/** The methods of a response, as properties to read and replace. */
export function methodsOf(response: object): Methods {
  return response as Methods
}

/** What a call that comes to nothing returns; a callback that it was given learns why. */
export function dropCall<Response>(
  response: Response,
  method: Method,
  args: Args,
  error: unknown,
): Response | false {
  const callback = args.findLast((arg) => typeof arg === 'function')
  if (callback !== undefined) process.nextTick(callback, error)
  return method === 'write' ? false : response
}

/** @throws what Node throws once the head has left. */
export function refuseHead(): never {
  throw Object.assign(new Error('Cannot set headers after they are sent to the client'), {
    code: 'ERR_HTTP_HEADERS_SENT',
  })
}
