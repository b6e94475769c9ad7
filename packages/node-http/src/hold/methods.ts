/** The methods that send the headers. 1xx responses (early hints, continue) use other methods and pass. */
export const METHODS = ['writeHead', 'write', 'end', 'flushHeaders'] as const
export type Method = (typeof METHODS)[number]
export type Args = readonly unknown[]
type Call = (...args: Args) => unknown
export type Methods = Record<Method, Call>
/** The response's methods before it was held. Compression passes on listeners of `'drain'` through `on`. */
export type Originals = Methods & Record<'on', Call>

/** The methods of a response, as properties to read and replace. */
export function methodsOf<Name extends string = Method | 'on'>(response: object): Record<Name, Call> {
  return response as Record<Name, Call>
}

/** The result of a dropped call; its callback gets the error. */
export function dropCall<Response>(
  response: Response,
  method: string,
  args: Args,
  error: unknown,
): Response | false {
  const callback = args.findLast((arg) => typeof arg === 'function')
  if (callback !== undefined) process.nextTick(callback, error)
  return method === 'write' ? false : response
}

/** @throws Node's error for headers that were already sent. */
export function refuseHead(): never {
  throw Object.assign(new Error('Cannot set headers after they are sent to the client'), {
    code: 'ERR_HTTP_HEADERS_SENT',
  })
}
