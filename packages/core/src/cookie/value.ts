import { ConfigError, CookieValueError } from '../base/errors.ts'
import { parseJson } from '../base/json.ts'

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
      const checked = schema === undefined ? { value } : validate(schema, value)
      if (checked === undefined) throw new CookieValueError(cookie, 'the value does not fit the schema')
      const text: string | undefined = JSON.stringify(checked.value)
      if (text === undefined) throw new CookieValueError(cookie, 'the value has no JSON')
      return text
    },
    read(text) {
      try {
        const value: unknown = parseJson(text)
        return schema === undefined ? (value as T) : validate(schema, value)?.value
      } catch {
        return undefined
      }
    },
  })
}

function validate<T>(schema: StandardSchema<T>, value: unknown): { readonly value: T } | undefined {
  const result = schema['~standard'].validate(value)
  if (result instanceof Promise) throw new ConfigError('cookie.schema', 'must validate synchronously')
  return result.issues === undefined ? result : undefined
}

/** @throws {ConfigError} unless it is a Standard Schema, or left out. */
export function readSchema(value: unknown): StandardSchema<unknown> | undefined {
  if (value === undefined) return undefined
  const isSchema =
    (typeof value === 'object' || typeof value === 'function') && value !== null && '~standard' in value
  if (isSchema) return value as StandardSchema<unknown>
  throw new ConfigError('cookie.schema', 'expected a Standard Schema, as Zod, Valibot and ArkType make them')
}
