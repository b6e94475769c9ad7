/** The methods that make the head leave. 1xx responses (early hints, continue) go by another way and pass. */
export const METHODS = ['writeHead', 'write', 'end', 'flushHeaders'] as const
export type Method = (typeof METHODS)[number]
export type Args = readonly unknown[]
type Call = (...args: Args) => unknown
export type Methods = Record<Method, Call>
/** The methods that a response had before it was held. By `on` compression hands on who waits for `'drain'`. */
export type Originals = Methods & Record<'on', Call>

/** The methods of a response, as properties to read and replace. */
export function methodsOf<Name extends string = Method | 'on'>(response: object): Record<Name, Call> {
  return response as Record<Name, Call>
}

/** What a call that comes to nothing returns; a callback that it was given learns why. */
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

/** @throws what Node throws once the head has left. */
export function refuseHead(): never {
  throw Object.assign(new Error('Cannot set headers after they are sent to the client'), {
    code: 'ERR_HTTP_HEADERS_SENT',
  })
}
