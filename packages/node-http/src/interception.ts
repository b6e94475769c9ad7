import { type Args, type Method, type Methods, methodsOf } from './methods.ts'
import type { AnyResponse } from './response.ts'

/** What is called in place of a response's own methods. */
export interface Interceptor {
  called(method: Method, args: Args): unknown
}

const INTERCEPTOR = Symbol('keepsake.interceptor')

/** A response with the newest interceptor on it. */
interface Intercepted {
  [INTERCEPTOR]?: Interceptor
}

/**
 * What stands in for a response's methods while they are intercepted: the same functions for every response, because
 * closures for each would be the dearest part of a request whose handler never looks at its session.
 */
const STAND_INS: Methods & ThisType<Intercepted> = {
  writeHead(...args) {
    return this[INTERCEPTOR]?.called('writeHead', args)
  },
  write(...args) {
    return this[INTERCEPTOR]?.called('write', args)
  },
  end(...args) {
    return this[INTERCEPTOR]?.called('end', args)
  },
  flushHeaders(...args) {
    return this[INTERCEPTOR]?.called('flushHeaders', args)
  },
}

/** The interceptor of another session of the same response, which what leaves a newer one meets next. */
export function interceptorOf(response: AnyResponse): Interceptor | undefined {
  return (response as Intercepted)[INTERCEPTOR]
}

/** The methods as they are now, which go on to the interceptor that is there already. */
export function methodsBelow(response: AnyResponse): Methods {
  const next = interceptorOf(response)
  return next === undefined ? originalsOf(methodsOf(response)) : methodsThrough(next)
}

/** From now on the methods of the response call `interceptor`. */
export function intercept(response: AnyResponse, interceptor: Interceptor): void {
  ;(response as Intercepted)[INTERCEPTOR] = interceptor
  const methods = methodsOf(response)
  // One by one: Object.assign takes three times as long, and every request pays for it.
  methods.writeHead = STAND_INS.writeHead
  methods.write = STAND_INS.write
  methods.end = STAND_INS.end
  methods.flushHeaders = STAND_INS.flushHeaders
}

/**
 * Gives the response its methods back, unless a newer interceptor needs the stand-ins. Where somebody has wrapped one
 * of them since, it stays and hands everything on.
 */
export function stopIntercepting(response: AnyResponse, interceptor: Interceptor, originals: Methods): void {
  if (interceptorOf(response) !== interceptor) return
  const methods = methodsOf(response)
  // Assigning is cheaper than deleting, which would turn the response into a slow object; one by one, as above.
  if (methods.writeHead === STAND_INS.writeHead) methods.writeHead = originals.writeHead
  if (methods.write === STAND_INS.write) methods.write = originals.write
  if (methods.end === STAND_INS.end) methods.end = originals.end
  if (methods.flushHeaders === STAND_INS.flushHeaders) methods.flushHeaders = originals.flushHeaders
}

const originalsOf = ({ writeHead, write, end, flushHeaders }: Methods): Methods => ({
  writeHead,
  write,
  end,
  flushHeaders,
})

const methodsThrough = (next: Interceptor): Methods => ({
  writeHead: (...args) => next.called('writeHead', args),
  write: (...args) => next.called('write', args),
  end: (...args) => next.called('end', args),
  flushHeaders: (...args) => next.called('flushHeaders', args),
})
