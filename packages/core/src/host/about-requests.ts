import { readFunction, readOptions } from '../base/options.ts'
import { isPromise } from '../base/own.ts'

/** An option that decides something about a request, `R`, or a context of it. */
type Question<R> = ((about: R) => boolean) | undefined

/**
 * Reads a middleware's options that are functions.
 *
 * @throws {ConfigError} for an unknown option, or one that is not a function.
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
 * The result of such an option for a request; undefined without one.
 *
 * @throws {TypeError} for a promise, which nobody would await and which would count as true.
 */
export function ask<R>(option: string, question: Question<R>, about: R): boolean | undefined {
  const answer = question?.(about)
  if (isPromise(answer)) throw new TypeError(`${option}: must return synchronously, but returned a promise`)
  return answer
}
