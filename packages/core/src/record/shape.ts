import { ConfigError, SessionDataError, wrongOption } from '../base/errors.ts'
import { readFunction } from '../base/options.ts'
import { fieldOf, refusePromise, withoutPrototype } from '../base/own.ts'
import {
  issuesIn,
  readSchema,
  type SchemaIssue,
  type StandardSchema,
  type Validated,
  validIn,
} from '../base/schema.ts'
import { CONTROL_NAMES, hasControlName } from './control-names.ts'
import type { Content, OpenRecord } from './record.ts'
import { contentIn, readText, writeText } from './text.ts'
import { joinPath } from './tagged.ts'

/** Converts data of an older version, or invalid data, to valid data. */
export type Migrate = (old: Record<string, unknown>, version: number) => unknown

/**
 * The application's definition of valid data. Every record is read through it, so that defaults, removed keys
 * and migrations are not changes. Empty data is always valid.
 */
export interface Shape {
  /** The version to write. */
  readonly version: number
  /** The record with valid data; undefined if its data is invalid. */
  record<P>(record: OpenRecord<P>): OpenRecord<P> | undefined
  /** The text with valid data; undefined if its data is invalid. */
  text(text: string): string | undefined
  /** The path of invalid data in a text to be written; undefined if it is valid. */
  misfitIn(text: string): string | undefined
}

/** @throws {ConfigError} for wrong options, or options that need a schema. */
export function readShape(options: Readonly<Record<string, unknown>>): Shape {
  const schema = readSchema('schema', options['schema'])
  const version = readVersion(options['version'])
  const migrate = readFunction('migrate', options['migrate']) as Migrate | undefined
  if (schema !== undefined) return createShape(version, seenBy(schema, version, migrate), misfitOf(schema))
  for (const option of ['version', 'migrate'] as const)
    if (options[option] !== undefined) throw new ConfigError(option, 'needs a schema')
  return createShape(version, named, () => undefined)
}

function readVersion(value: unknown): number {
  if (value === undefined) return 0
  if (Number.isSafeInteger(value) && Number(value) >= 1 && Number(value) <= MAX_VERSION) return Number(value)
  throw wrongOption('version', `a whole number from 1 to ${MAX_VERSION}`, value)
}

const MAX_VERSION = 1_000_000_000

type See = (content: Content) => Content | undefined

function createShape(version: number, see: See, misfitIn: Shape['misfitIn']): Shape {
  return Object.freeze<Shape>({
    version,
    record(record) {
      const content = see(record.content)
      if (content === record.content || content === undefined) return content && record
      const text = textOf(content)
      return text === undefined ? undefined : { ...record, content, text }
    },
    text(text) {
      const was = readText(text)
      const content = was && see(was)
      return content === was ? text : content && textOf(content)
    },
    misfitIn,
  })
}

/** The text of a login, which is never rejected: it drops invalid data. */
export const fittingText = (shape: Shape, text: string): string =>
  shape.misfitIn(text) === undefined ? text : writeText({}, contentIn(text))

/** Undefined for a schema's output that no record can store. */
function textOf(content: Content): string | undefined {
  try {
    return writeText(content.data, content)
  } catch (error) {
    if (error instanceof SessionDataError) return undefined
    throw error
  }
}

/**
 * Without keys that are a control's name: written by a version without this control, or by another process of an
 * older one.
 */
function named(content: Content): Content {
  if (!hasControlName(content.data)) return content
  const entries = Object.entries(content.data).filter(([key]) => !CONTROL_NAMES.has(key))
  return { ...content, data: Object.fromEntries(entries) }
}

/**
 * A higher version comes from another server, during a rolling deployment. It is not migrated, and keys that our schema
 * removes are kept, so that our writes lose none of that server's data; nor do they change its version.
 */
function seenBy(schema: StandardSchema<unknown>, version: number, migrate: Migrate | undefined): See {
  return (content) => {
    const known = named(content)
    const { data, version: was } = known
    if (isEmpty(data)) return was >= version ? known : { ...known, version }
    const isFit = was >= version || migrate === undefined
    const fitting = isFit ? validOf(schema, data) : undefined
    const made = fitting ?? (was > version ? undefined : migrated(schema, migrate, data, was))
    if (made === undefined) return undefined
    return was > version ? { ...known, data: { ...data, ...made } } : { ...known, data: made, version }
  }
}

/** If the application's own code throws, the data is invalid: a cookie must not cause a failure. */
function migrated(
  schema: StandardSchema<unknown>,
  migrate: Migrate | undefined,
  data: object,
  version: number,
): Content['data'] | undefined {
  let made: unknown
  try {
    made = migrate?.(withoutPrototype(data), version)
  } catch {
    return undefined
  }
  refusePromise(made, 'migrate: must return the data synchronously, but returned a promise')
  return typeof made === 'object' && made !== null ? validOf(schema, made) : undefined
}

function validOf(schema: StandardSchema<unknown>, data: object): Content['data'] | undefined {
  let result: Validated<unknown>
  try {
    result = validate(schema, data)
  } catch {
    return undefined
  }
  const value = validIn('schema', result)?.value
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isObject && !hasControlName(value) ? (value as Content['data']) : undefined
}

/** Properties of a polluted `Object.prototype` are not data, and a session's own prototype has its controls. */
const validate = (schema: StandardSchema<unknown>, data: object): Validated<unknown> =>
  schema['~standard'].validate(withoutPrototype(data))

const misfitOf =
  (schema: StandardSchema<unknown>): Shape['misfitIn'] =>
  (text) => {
    const { data } = contentIn(text)
    if (isEmpty(data)) return undefined
    const issues = issuesIn('schema', validate(schema, data))
    return issues === undefined ? undefined : pathOf(issues[0])
  }

/** Only the path: a message may show the value. */
function pathOf(issue: SchemaIssue | undefined): string {
  const keys = ((issue && fieldOf(issue, 'path')) ?? []).map((part) =>
    typeof part === 'object' ? part.key : part,
  )
  const path = keys.reduce<string>(
    (before, key) => (typeof key === 'number' ? `${before}[${key}]` : joinPath(before, String(key))),
    '',
  )
  return path === '' ? 'all of it' : path
}

function isEmpty(data: object): boolean {
  for (const key in data) if (Object.hasOwn(data, key)) return false
  return true
}
