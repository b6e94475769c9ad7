/*
 * Properties on `Object.prototype`, for example from a careless merge of a request body, must never count as an option, a fact or
 * a method. So core's own objects have all of their fields, including `undefined` ones, and these functions read
 * objects from elsewhere.
 */

/** The own properties of an object; any other name is undefined. */
export const withoutPrototype = (object: object): Record<string, unknown> =>
  Object.assign(Object.create(null) as Record<string, unknown>, object)

/** The value that a foreign object has under a name, its own or its class's. */
export function fieldOf<T extends object, K extends keyof T>(object: T, name: K): T[K] | undefined {
  const value = object[name]
  return Object.hasOwn(object, name) || value !== (Object.prototype as Partial<T>)[name] ? value : undefined
}

/** Defines a property from the descriptor's own fields only. */
export const define = (object: object, name: PropertyKey, descriptor: PropertyDescriptor): object =>
  Object.defineProperty(object, name, withoutPrototype(descriptor))

/** Whether a value is a promise, of any library, where none is allowed; its rejection is then ignored. */
export function isPromise(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (value instanceof Promise) value.catch(() => undefined)
  return typeof fieldOf(value as PromiseLike<unknown>, 'then') === 'function'
}

/**
 * Returns a value, unless it is a promise, which nobody would await.
 *
 * @throws {TypeError} with this message.
 */
export function refusePromise<T>(value: T, message: string): T {
  if (isPromise(value)) throw new TypeError(message)
  return value
}
