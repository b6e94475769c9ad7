import { readFunction, readOptions } from '../base/options.ts'
import { isPromise } from '../base/own.ts'

/** An option that answers something about a request, `R`, or a context of it. */
type Question<R> = ((about: R) => boolean) | undefined

/**
 * Reads the options of a middleware that are functions.
 *
 * @throws {ConfigError} for an option that is unknown, or no function.
 */
export function readFunctions<O extends object>(
  given: O | undefined,
  names: readonly (keyof O & string)[],
): O {
  const options = readOptions('options', given, names)
  for (const name of names) readFunction(name, options[name])
  return options as O
}

/**
 * What such an option answers about a request; undefined without one.
 *
 * @throws {TypeError} for a promise: nobody waits for it, and it would count as a yes.
 */
export function ask<R>(option: string, question: Question<R>, about: R): boolean | undefined {
  const answer = question?.(about)
  if (isPromise(answer)) throw new TypeError(`${option}: must return synchronously, but returned a promise`)
  return answer
}
