import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { ConfigError, memoryStore, type Store } from '@keepsake/core'
import type { MaybePromise } from '@keepsake/core/store'
import { fileStore } from '@keepsake/store-file'
import { sqliteStore } from '@keepsake/store-sqlite'
import { openPostgres, openRedis } from './network-stores.ts'

/** The value of STORE for sessions in the cookie if they fit, and otherwise in a store. */
export const OVERFLOW = 'overflow'

const STORES: Readonly<Record<string, (directory: string) => MaybePromise<Store | undefined>>> = {
  cookie: () => undefined,
  memory: () => memoryStore(),
  file: (directory) => fileStore({ directory: join(made(directory), 'sessions') }),
  sqlite: (directory) => sqliteStore({ path: join(made(directory), 'sessions.db') }),
  redis: openRedis,
  postgres: openPostgres,
  [OVERFLOW]: (directory) => fileStore({ directory: join(made(directory), 'overflow') }),
}

function made(directory: string): string {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  return directory
}

/** The list of revoked cookie-mode sessions, which all apps of the shop share. */
export const openRevocation = (directory: string): Store =>
  fileStore({ directory: join(made(directory), 'revoked') })

/**
 * The store that STORE names; undefined keeps the sessions in the cookie. Files are in `directory`.
 *
 * @throws {ConfigError} for an unknown name.
 */
export function openStore(name: string | undefined, directory: string): MaybePromise<Store | undefined> {
  const open =
    name === undefined || name === '' ? STORES['cookie'] : Object.hasOwn(STORES, name) && STORES[name]
  if (!open) throw new ConfigError('STORE', `expected one of ${Object.keys(STORES).join(', ')}`)
  return open(directory)
}
