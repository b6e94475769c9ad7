import { CookieValueError, describeType } from '../base/errors.ts'
import { parseJson } from '../base/json.ts'
import { isPromise } from '../base/own.ts'
import { type StandardSchema, type Validated, validIn } from '../base/schema.ts'

const OPTION = 'cookie.schema'

/** A cookie's value as text, and back. */
export interface ValueText<T> {
  /** @throws {CookieValueError} for a value that cannot be written as text. */
  write(value: T): string
  /** Undefined for an invalid text. */
  read(text: string): T | undefined
}

/** Values that are text. */
export function plainText(cookie: string): ValueText<string> {
  return Object.freeze<ValueText<string>>({
    write(value) {
      if (typeof value !== 'string')
        throw new CookieValueError(cookie, `expected text, got ${describeType(value)}`)
      if (value.isWellFormed()) return value
      throw new CookieValueError(
        cookie,
        'half a surrogate pair cannot be written as UTF-8; json: true can store it',
      )
    },
    read: (text) => text,
  })
}

/** JSON values, checked by a schema if there is one. */
export function jsonText<T>(cookie: string, schema: StandardSchema<T> | undefined): ValueText<T> {
  return Object.freeze<ValueText<T>>({
    write(value) {
      const checked = schema === undefined ? { value } : validIn(OPTION, schema['~standard'].validate(value))
      if (checked === undefined) throw new CookieValueError(cookie, 'the value does not match the schema')
      const text = jsonOf(cookie, checked.value)
      if (text === undefined) throw new CookieValueError(cookie, 'the value cannot be written as JSON')
      return text
    },
    read(text) {
      let result: Validated<T>
      try {
        const value: unknown = parseJson(text)
        result = schema === undefined ? { value: value as T } : schema['~standard'].validate(value)
      } catch {
        return undefined
      }
      return validIn(OPTION, result)?.value
    },
  })
}

/** @throws {CookieValueError} for a value that JSON would omit or cannot represent; the message does not show it. */
function jsonOf(cookie: string, value: unknown): string | undefined {
  const refuse = (problem: string): never => {
    throw new CookieValueError(cookie, problem)
  }
  const isLate = (_key: string, item: unknown): unknown =>
    isPromise(item) ? refuse('contains a promise; await it first') : item
  try {
    return JSON.stringify(value, isLate)
  } catch (error) {
    if (error instanceof CookieValueError) throw error
    return refuse('the value cannot be written as JSON, which has no circular references and no bigints')
  }
}
