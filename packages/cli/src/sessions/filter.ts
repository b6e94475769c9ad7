import type { StoredSession } from '@keepsake/core'
import { ConfigError } from '@keepsake/core'
import { readDuration } from '@keepsake/core/adapter'
import { UsageError } from '../command.ts'

/** The filter options, as `parseArgs` takes them. */
export const FILTER_OPTIONS = {
  subject: { type: 'string' },
  anonymous: { type: 'boolean' },
  'logged-in': { type: 'boolean' },
  'older-than': { type: 'string' },
  'newer-than': { type: 'string' },
  idle: { type: 'string' },
} as const

export type FilterValues = {
  readonly [K in keyof typeof FILTER_OPTIONS]?:
    | ((typeof FILTER_OPTIONS)[K]['type'] extends 'string' ? string : boolean)
    | undefined
}

/** Which sessions are selected. */
export interface Filter {
  /** Only the sessions of this subject are read from the store. */
  readonly subject: string | undefined
  /** Whether there is no filter other than the subject. */
  readonly isBare: boolean
  readonly matches: (session: StoredSession) => boolean
}

type Test = (session: StoredSession) => boolean

/**
 * @param now Epoch milliseconds.
 * @throws {UsageError} for invalid filters, or ones that exclude each other.
 */
export function readFilter(values: FilterValues, now: number): Filter {
  const { subject, anonymous, 'logged-in': loggedIn } = values
  if (subject === '') throw new UsageError('--subject: expected the id of a user')
  if (anonymous === true && (loggedIn === true || subject !== undefined))
    throw new UsageError('--anonymous cannot be combined with --logged-in or --subject')
  const ago = (option: 'older-than' | 'newer-than' | 'idle'): number | undefined => {
    const given = values[option]
    return given === undefined ? undefined : now - secondsOf(`--${option}`, given) * 1000
  }
  const [older, newer, idle] = [ago('older-than'), ago('newer-than'), ago('idle')]
  const tests: readonly (Test | undefined)[] = [
    anonymous === true ? ({ subject }) => subject === undefined : undefined,
    loggedIn === true ? ({ subject }) => subject !== undefined : undefined,
    older === undefined ? undefined : ({ createdAt }) => createdAt.getTime() <= older,
    newer === undefined ? undefined : ({ createdAt }) => createdAt.getTime() > newer,
    idle === undefined ? undefined : ({ lastSeenAt }) => lastSeenAt.getTime() <= idle,
  ]
  const asked = tests.filter((test) => test !== undefined)
  return {
    subject,
    isBare: asked.length === 0,
    matches: (session) =>
      (subject === undefined || session.subject === subject) && asked.every((test) => test(session)),
  }
}

function secondsOf(option: string, text: string): number {
  try {
    return readDuration(option, text)
  } catch (error) {
    throw error instanceof ConfigError
      ? new UsageError(`${option}: expected a duration such as 30m, 24h or 31d`)
      : error
  }
}
