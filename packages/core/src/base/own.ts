/*
 * What somebody has put on `Object.prototype`, as a careless merge of a request's body does, is no option, no fact and no
 * method of anything. So whatever core makes has all of its fields, `undefined` among them, and what comes from elsewhere
 * is read by these.
 */

/** The own properties of an object, by names of which any other is undefined. */
export const withoutPrototype = (object: object): Record<string, unknown> =>
  Object.assign(Object.create(null) as Record<string, unknown>, object)

/** What an object of somebody else's has under a name, itself or by its class. */
export function fieldOf<T extends object, K extends keyof T>(object: T, name: K): T[K] | undefined {
  const value = object[name]
  return Object.hasOwn(object, name) || value !== (Object.prototype as Partial<T>)[name] ? value : undefined
}

/** Defines a property by what the descriptor itself says. */
export const define = (object: object, name: PropertyKey, descriptor: PropertyDescriptor): object =>
  Object.defineProperty(object, name, withoutPrototype(descriptor))

/** Whether something is a promise, of whichever library, where none is of use: its end is then nobody's business. */
export function isPromise(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (value instanceof Promise) value.catch(() => undefined)
  return typeof fieldOf(value as PromiseLike<unknown>, 'then') === 'function'
}

/**
 * Gives back a value, unless it is a promise, where nobody would wait for one.
 *
 * @throws {TypeError} with this message.
 */
export function refusePromise<T>(value: T, message: string): T {
  if (isPromise(value)) throw new TypeError(message)
  return value
}
