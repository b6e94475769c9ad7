import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Sessions } from '@keepsake/core'
import { type Surroundings, UsageError } from '../command.ts'
import { readTypeScriptModules } from '../typescript.ts'

/** What the command asks of an application's sessions. */
export type ManagedSessions = Pick<Sessions<unknown>, (typeof METHODS)[number] | 'isVolatile'>

const METHODS = [
  'all',
  'find',
  'count',
  'revoke',
  'revokeAll',
  'close',
] as const satisfies readonly (keyof Sessions<unknown>)[]

export interface ModulePlace {
  readonly module: string | undefined
  /** Read into the environment before the module is loaded, where it is there; what is set already stays. */
  readonly envFile: string
}

/**
 * The sessions that an application's module exports, as `sessions` or by default.
 *
 * @throws {UsageError} when there is no such module, it exports none, or nobody but the application sees them.
 */
export async function loadSessions(place: ModulePlace, { cwd }: Surroundings): Promise<ManagedSessions> {
  if (place.module === undefined)
    throw new UsageError('--module FILE is needed: a module that exports sessions')
  const path = resolve(cwd, place.module)
  if (!existsSync(path)) throw new UsageError(`--module: there is no ${place.module}`)
  const envFile = resolve(cwd, place.envFile)
  if (existsSync(envFile)) process.loadEnvFile(envFile)
  readTypeScriptModules()
  const exported: unknown = await import(pathToFileURL(path).href)
  // What CommonJS exports is the default of it.
  const sessions = [exported, fieldOf(exported, 'default')]
    .flatMap((from) => [fieldOf(from, 'sessions'), fieldOf(from, 'default')])
    .find(isManaged)
  if (sessions === undefined)
    throw new UsageError(`--module: ${place.module} exports no sessions, as createSessions makes them`)
  if (sessions.isVolatile) throw new UsageError(`--module: ${place.module} ${VOLATILE}`)
  return sessions
}

const VOLATILE =
  "keeps its sessions in memory: only the application's own process sees them. Give it a store on disk or on a server"

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined

function isManaged(value: unknown): value is ManagedSessions {
  return METHODS.every((method) => typeof fieldOf(value, method) === 'function')
}
