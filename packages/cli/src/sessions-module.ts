import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Sessions } from '@keepsake/core'
import { type Surroundings, UsageError } from './command.ts'

/** What the command asks of an application's sessions. */
export type ManagedSessions = Pick<Sessions<unknown>, 'listFor' | 'revoke' | 'revokeAll' | 'close'>

const METHODS = [
  'listFor',
  'revoke',
  'revokeAll',
  'close',
] as const satisfies readonly (keyof ManagedSessions)[]

export interface ModulePlace {
  readonly module: string | undefined
  /** Read into the environment before the module is loaded, where it is there; what is set already stays. */
  readonly envFile: string
}

/**
 * The sessions that an application's module exports, as `sessions` or by default.
 *
 * @throws {UsageError} when there is no such module, or it exports none.
 */
export async function loadSessions(place: ModulePlace, { cwd }: Surroundings): Promise<ManagedSessions> {
  if (place.module === undefined)
    throw new UsageError('--module FILE is needed: a module that exports sessions')
  const path = resolve(cwd, place.module)
  if (!existsSync(path)) throw new UsageError(`--module: there is no ${place.module}`)
  const envFile = resolve(cwd, place.envFile)
  if (existsSync(envFile)) process.loadEnvFile(envFile)
  const exported = (await import(pathToFileURL(path).href)) as Readonly<Record<string, unknown>>
  const sessions = exported['sessions'] ?? exported['default']
  if (isManaged(sessions)) return sessions
  throw new UsageError(`--module: ${place.module} exports no sessions, as createSessions makes them`)
}

function isManaged(value: unknown): value is ManagedSessions {
  if (typeof value !== 'object' || value === null) return false
  const methods = value as Readonly<Record<string, unknown>>
  return METHODS.every((method) => typeof methods[method] === 'function')
}
