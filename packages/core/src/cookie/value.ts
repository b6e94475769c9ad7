import { ConfigError, CookieValueError, describeType } from '../base/errors.ts'
import { parseJson } from '../base/json.ts'
import { fieldOf, isPromise, refusePromise } from '../base/own.ts'

/** The part of Standard Schema (standardschema.dev) that is used: Zod, Valibot, ArkType and others have it. */
export interface StandardSchema<T> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => SchemaResult<T> | Promise<SchemaResult<T>>
    readonly types?: { readonly input: unknown; readonly output: T } | undefined
  }
}

type SchemaResult<T> =
  | { readonly value: T; readonly issues?: undefined }
  | { readonly issues: readonly { readonly message: string }[] }

/** A cookie's value as text, and back. */
export interface ValueText<T> {
  /** @throws {CookieValueError} for a value that has no text. */
  write(value: T): string
  /** Undefined for text that is no such value. */
  read(text: string): T | undefined
}

/** Values that are text. */
export function plainText(cookie: string): ValueText<string> {
  return Object.freeze<ValueText<string>>({
    write(value) {
      if (typeof value !== 'string')
        throw new CookieValueError(cookie, `expected text, got ${describeType(value)}`)
      if (value.isWellFormed()) return value
      throw new CookieValueError(cookie, 'half a surrogate pair has no UTF-8; json: true can keep it')
    },
    read: (text) => text,
  })
}

/** Values that JSON can say, checked by a schema where there is one. */
export function jsonText<T>(cookie: string, schema: StandardSchema<T> | undefined): ValueText<T> {
  return Object.freeze<ValueText<T>>({
    write(value) {
      const checked = schema === undefined ? { value } : validIn(schema['~standard'].validate(value))
      if (checked === undefined) throw new CookieValueError(cookie, 'the value does not fit the schema')
      const text = jsonOf(cookie, checked.value)
      if (text === undefined) throw new CookieValueError(cookie, 'the value has no JSON')
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
      return validIn(result)?.value
    },
  })
}

type Validated<T> = ReturnType<StandardSchema<T>['~standard']['validate']>

function validIn<T>(result: Validated<T>): { readonly value: T } | undefined {
  const done = refusePromise(
    result,
    'cookie.schema: must validate at once, and gave a promise',
  ) as SchemaResult<T>
  return fieldOf(done, 'issues') === undefined ? (done as { readonly value: T }) : undefined
}

/** @throws {CookieValueError} for what JSON would leave out or cannot say, in words that show nothing of it. */
function jsonOf(cookie: string, value: unknown): string | undefined {
  const refuse = (problem: string): never => {
    throw new CookieValueError(cookie, problem)
  }
  const isLate = (_key: string, item: unknown): unknown =>
    isPromise(item) ? refuse('holds a promise; await it first') : item
  try {
    return JSON.stringify(value, isLate)
  } catch (error) {
    if (error instanceof CookieValueError) throw error
    return refuse('the value cannot be written as JSON, which has no circles and no bigints')
  }
}

/** @throws {ConfigError} unless it is a Standard Schema, or left out. */
export function readSchema(value: unknown): StandardSchema<unknown> | undefined {
  if (value === undefined) return undefined
  const isObject = (typeof value === 'object' && value !== null) || typeof value === 'function'
  const standard = isObject ? fieldOf(value as Partial<StandardSchema<unknown>>, '~standard') : undefined
  if (typeof standard?.validate === 'function') return value as StandardSchema<unknown>
  throw new ConfigError('cookie.schema', 'expected a Standard Schema, as Zod, Valibot and ArkType make them')
}
