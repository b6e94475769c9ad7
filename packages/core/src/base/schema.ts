import { ConfigError } from './errors.ts'
import { fieldOf, refusePromise } from './own.ts'

/** The part of Standard Schema (standardschema.dev) that is used: Zod, Valibot, ArkType and others have it. */
export interface StandardSchema<T> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => SchemaResult<T> | Promise<SchemaResult<T>>
    readonly types?: { readonly input: unknown; readonly output: T } | undefined
  }
}

/** A schema's result: a value, or issues. */
export type SchemaResult<T> =
  | { readonly value: T; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] }

export interface SchemaIssue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

export type Validated<T> = ReturnType<StandardSchema<T>['~standard']['validate']>

/** The issues of an invalid value. @throws {TypeError} naming the option, for a promise. */
export function issuesIn(option: string, result: Validated<unknown>): readonly SchemaIssue[] | undefined {
  const done = refusePromise(result, `${option}: must validate synchronously, but returned a promise`)
  return fieldOf(done as SchemaResult<unknown>, 'issues')
}

/** The schema's output value. @throws {TypeError} naming the option, for a promise. */
export function validIn<T>(option: string, result: Validated<T>): { readonly value: T } | undefined {
  return issuesIn(option, result) === undefined ? (result as { readonly value: T }) : undefined
}

/** @throws {ConfigError} unless it is a Standard Schema or undefined. */
export function readSchema(option: string, value: unknown): StandardSchema<unknown> | undefined {
  if (value === undefined) return undefined
  const isObject = (typeof value === 'object' && value !== null) || typeof value === 'function'
  const standard = isObject ? fieldOf(value as Partial<StandardSchema<unknown>>, '~standard') : undefined
  if (typeof standard?.validate === 'function') return value as StandardSchema<unknown>
  throw new ConfigError(option, 'expected a Standard Schema, such as those of Zod, Valibot and ArkType')
}
