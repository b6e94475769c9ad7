import { ConfigError, CookieValueError } from '../base/errors.ts'
import { parseJson } from '../base/json.ts'
import { refusePromise } from '../base/maybe-promise.ts'

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
      if (typeof value === 'string') return value
      throw new CookieValueError(cookie, `expected text, got a value of type ${typeof value}`)
    },
    read: (text) => text,
  })
}

/** Values that JSON can say, checked by a schema where there is one. */
export function jsonText<T>(cookie: string, schema: StandardSchema<T> | undefined): ValueText<T> {
  return Object.freeze<ValueText<T>>({
    write(value) {
      if (value instanceof Promise) throw new CookieValueError(cookie, 'the value is a promise; wait for it')
      const checked = schema === undefined ? { value } : validIn(schema['~standard'].validate(value))
      if (checked === undefined) throw new CookieValueError(cookie, 'the value does not fit the schema')
      const text: string | undefined = JSON.stringify(checked.value)
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
  const done = refusePromise(result, 'cookie.schema: must validate synchronously') as SchemaResult<T>
  return done.issues === undefined ? done : undefined
}

/** @throws {ConfigError} unless it is a Standard Schema, or left out. */
export function readSchema(value: unknown): StandardSchema<unknown> | undefined {
  if (value === undefined) return undefined
  const isSchema =
    (typeof value === 'object' || typeof value === 'function') && value !== null && '~standard' in value
  if (isSchema) return value as StandardSchema<unknown>
  throw new ConfigError('cookie.schema', 'expected a Standard Schema, as Zod, Valibot and ArkType make them')
}
