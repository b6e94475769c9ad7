import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Sessions } from '@keepsake/core'
import { type Surroundings, UsageError } from '../command.ts'
import { readTypeScriptModules } from '../typescript.ts'

/** The methods that the command uses of an application's sessions. */
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
  /** Read into the environment before the module is loaded, if the file exists; variables that are already set stay. */
  readonly envFile: string
}

/**
 * The sessions that an application's module exports, as `sessions` or as its default export.
 *
 * @throws {UsageError} if the module does not exist, exports no sessions, or its sessions are in its process's memory.
 */
export async function loadSessions(place: ModulePlace, { cwd }: Surroundings): Promise<ManagedSessions> {
  if (place.module === undefined)
    throw new UsageError('--module FILE is missing: a module that exports sessions')
  const path = resolve(cwd, place.module)
  if (!existsSync(path)) throw new UsageError(`--module: ${place.module} does not exist`)
  const envFile = resolve(cwd, place.envFile)
  if (existsSync(envFile)) process.loadEnvFile(envFile)
  readTypeScriptModules()
  const exported: unknown = await import(pathToFileURL(path).href)
  // The exports of a CommonJS module are its default export.
  const sessions = [exported, fieldOf(exported, 'default')]
    .flatMap((from) => [fieldOf(from, 'sessions'), fieldOf(from, 'default')])
    .find(isManaged)
  if (sessions === undefined)
    throw new UsageError(`--module: ${place.module} exports no sessions created by createSessions`)
  if (sessions.isVolatile) throw new UsageError(`--module: ${place.module} ${VOLATILE}`)
  return sessions
}

const VOLATILE =
  "keeps its sessions in memory: only the application's own process can read them. Use a store on disk or on a server"

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined

function isManaged(value: unknown): value is ManagedSessions {
  return METHODS.every((method) => typeof fieldOf(value, method) === 'function')
}
