import { readStore, type Store } from '../store/store.ts'
import { readDuration } from '../base/duration.ts'
import { ConfigError, wrongOption } from '../base/errors.ts'

/** How long revocations are cached. */
const DEFAULT_CACHE = '5s'

export function readRevocation(options: Readonly<Record<string, unknown>>): {
  readonly revocation: Store | 'none' | undefined
  readonly cacheFor: number
} {
  const given = options['revocation']
  const revocation = given === 'none' ? given : readStore('revocation', given)
  const seconds = readDuration('revocationCache', options['revocationCache'] ?? DEFAULT_CACHE)
  if (seconds > MAX_CACHE) throw new ConfigError('revocationCache', 'expected at most an hour')
  return { revocation, cacheFor: seconds * 1000 }
}

const MAX_CACHE = 3600

/** A login lists all sessions of its subject. */
const MAX_PER_SUBJECT = 500

export function readSessionLimit(value: unknown): number | undefined {
  if (value === undefined) return undefined
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1 && value <= MAX_PER_SUBJECT)
    return value
  throw wrongOption('maxPerSubject', `a whole number from 1 to ${MAX_PER_SUBJECT}`, value)
}

export function readAbove(value: unknown, overflow: Store | undefined): number | undefined {
  if (value === undefined) return undefined
  if (overflow === undefined) throw new ConfigError('overflowAbove', 'needs overflow')
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
  throw wrongOption('overflowAbove', 'a whole number of bytes from 0', value)
}

const DEFAULT_TIME_LIMIT_MS = 2000

export function readTimeLimit(value: unknown): number {
  if (value === undefined) return DEFAULT_TIME_LIMIT_MS
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1 && value < 2 ** 31) return value
  throw wrongOption('storeTimeLimit', 'whole milliseconds from 1', value)
}
