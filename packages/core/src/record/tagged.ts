import { types } from 'node:util'
import { SessionDataError } from '../base/errors.ts'
import { afterPlain, DOLLAR, isDictionary, MAX_COST, MAX_DEPTH, VALUE_COST } from './plain.ts'

/** Fields as JSON, with tags for other values. @throws {SessionDataError} for a value that cannot be saved. */
export function taggedFields(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const kept = Object.keys(values).filter((key) => values[key] !== undefined)
  return taggedEntries(kept, values, '', 1, new Budget())
}

/** The remaining budget for the values of a session; see `MAX_COST`. */
class Budget {
  #left = MAX_COST

  /** Whether a value needs neither tags nor a path, and is within the budget. */
  takes(scalar: unknown): boolean {
    const left = afterPlain(scalar, MAX_DEPTH, this.#left)
    if (left >= 0) this.#left = left
    return left >= 0
  }

  spend(cost: number, path: string): void {
    this.check(cost, path)
    this.#left -= cost
  }

  /** @throws {SessionDataError} */
  check(cost: number, path: string): void {
    if (cost <= this.#left) return
    throw new SessionDataError(path || 'all of it', 'exceeds the maximum size of a record')
  }
}

function tagged(value: unknown, path: string, depth: number, budget: Budget): unknown {
  checkDepth(path, depth)
  budget.spend(VALUE_COST, path)
  switch (typeof value) {
    case 'number':
      if (Object.is(value, -0)) return { $number: '-0' }
      if (Number.isFinite(value)) return value
      throw new SessionDataError(path, `is ${value}, which cannot be saved`)
    case 'bigint':
      return { $bigint: digitsOf(value, path, budget) }
    case 'undefined':
      return { $undefined: true }
    case 'string':
      budget.spend(value.length, path)
      return value
    case 'boolean':
      return value
    case 'object':
      return value === null ? null : taggedObject(value, path, depth, budget)
    default:
      throw new SessionDataError(path, `is a ${typeof value}, which cannot be saved`)
  }
}

function checkDepth(path: string, depth: number): void {
  if (depth < MAX_DEPTH) return
  throw new SessionDataError(path, `is nested deeper than ${MAX_DEPTH} levels, or circular`)
}

/** A bigint that fits into a record has fewer bits. Writing a larger one takes long. */
const MAX_BITS = 2 ** 18

function digitsOf(value: bigint, path: string, budget: Budget): string {
  if (BigInt.asIntN(MAX_BITS, value) !== value) budget.check(Infinity, path)
  const digits = value.toString()
  budget.spend(digits.length, path)
  return digits
}

function taggedObject(value: object, path: string, depth: number, budget: Budget): unknown {
  const list = (items: Iterable<unknown>, size: number, levels: number): unknown[] => {
    // A tag and its list are two levels, even if the list is empty.
    checkDepth(path, depth + levels - 1)
    budget.check(size * VALUE_COST, path)
    return Array.from(items, (item, index) =>
      budget.takes(item) ? item : tagged(item, `${path}[${index}]`, depth + levels, budget),
    )
  }
  if (Array.isArray(value)) return list(value, value.length, 1)
  if (isDictionary(value)) {
    const values = value as Readonly<Record<string, unknown>>
    return taggedEntries(Object.keys(value), values, path, depth + 1, budget)
  }
  if (types.isDate(value) && !Number.isNaN(timeOf(value))) return { $date: timeOf(value) }
  if (types.isMap(value)) return { $map: list(value, value.size, 2) }
  if (types.isSet(value)) return { $set: list(value, value.size, 2) }
  if (types.isUint8Array(value)) {
    budget.spend(value.length, path)
    return { $bytes: Buffer.from(value).toString('base64url') }
  }
  if (value instanceof URL) {
    budget.spend(value.href.length, path)
    return { $url: value.href }
  }
  if (types.isPromise(value)) throw new SessionDataError(path, 'is a promise; await it, and store the result')
  throw new SessionDataError(path, `is ${describe(value)}, which cannot be saved`)
}

/** Ignores a method of this name that the value itself has. */
const timeOf = (date: Date): number => Date.prototype.getTime.call(date)

function taggedEntries(
  keys: readonly string[],
  values: Readonly<Record<string, unknown>>,
  path: string,
  depth: number,
  budget: Budget,
): Record<string, unknown> {
  budget.check(keys.length * VALUE_COST, path)
  const entries = keys.map((key): [string, unknown] => {
    const value = values[key]
    budget.spend(key.length, path)
    const json = budget.takes(value) ? value : tagged(value, joinPath(path, key), depth, budget)
    return [key.charCodeAt(0) === DOLLAR ? `$${key}` : key, json]
  })
  // fromEntries defines properties, so a key `__proto__` stays a key.
  return Object.fromEntries(entries)
}

/** The maximum length of a key in an error. */
const MAX_KEY_CHARS = 60

/** The path of a key, as in messages. */
export function joinPath(path: string, key: string): string {
  if (key.length > MAX_KEY_CHARS) return joinPath(path, `${key.slice(0, MAX_KEY_CHARS - 1)}…`)
  if (!/^[A-Za-z_$][\w$]*$/.test(key)) return `${path}[${JSON.stringify(key)}]`
  return path === '' ? key : `${path}.${key}`
}

function describe(value: object): string {
  if (types.isDate(value)) return 'an invalid Date'
  return typeof value.constructor === 'function'
    ? `an instance of ${value.constructor.name}`
    : 'not a plain object'
}
