import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join, relative } from 'node:path'
import { ConfigError, type Store } from '@keepsake/core'
import { openRevocation, openStore, OVERFLOW } from './open-store.ts'
import type { Site } from './pages/layout.ts'
import { loadSecret } from './secret.ts'

const ROOT = join(import.meta.dirname, '../../..')
const GRACE_MS = 500

/** A request listener: an Express app, the result of a Koa app's `callback()`, or a function for `node:http`. */
type Listener = (request: IncomingMessage, response: ServerResponse) => unknown

/** The options for an app's sessions. */
export interface Storage {
  readonly secrets: readonly [string]
  readonly store: Store | undefined
  /** The store for sessions that do not fit into their cookies. */
  readonly overflow: Store | undefined
  /** For apps with a login: the list of revoked cookie-mode sessions. An app with only a cart has no logout. */
  readonly revocation: Store | 'none' | undefined
}

/**
 * Starts the shop on PORT, or on 3000, until SIGINT or SIGTERM. The secret comes from the environment or from `.env` in
 * the repository's root, so that all apps of the shop share their sessions, which also survive a restart.
 * STORE chooses where sessions are kept: `cookie` (the default), `memory`, `file`, `sqlite`, `redis` (at REDIS_URL), `postgres`
 * (at POSTGRES_URL) or `overflow` (in the cookie if they fit, otherwise in files). Files, including the revocation list of
 * cookie-mode sessions, are in DATA, or in `data` in the repository's root.
 * If the shop cannot start, it prints the reason in one line and exits with code 1.
 */
export async function openShop(
  { framework, scope }: Pick<Site, 'framework' | 'scope'>,
  build: (keeping: Storage) => Listener | Promise<Listener>,
): Promise<void> {
  const envFile = relative(process.cwd(), join(ROOT, '.env'))
  try {
    const port = readPort(process.env['PORT'])
    const keeping = await openKeeping(scope, envFile)
    const server = createServer(await build(keeping))
    server.listen(port)
    await once(server, 'listening')
    closeOnSignals(server, keeping)
    const address = server.address() as AddressInfo
    console.log(`The bookshop (${framework}) is open at http://localhost:${address.port}`)
  } catch (error) {
    console.error(explain(error, envFile))
    process.exitCode = 1
  }
}

async function openKeeping(scope: Site['scope'], envFile: string): Promise<Storage> {
  const data = process.env['DATA'] ?? join(ROOT, 'data')
  const name = process.env['STORE']
  const store = await openStore(name, data)
  const secrets = [loadSecret(envFile)] as const
  if (store !== undefined && name !== OVERFLOW)
    return { secrets, store, overflow: undefined, revocation: undefined }
  const revocation = scope === 'login' ? openRevocation(data) : 'none'
  return { secrets, store: undefined, overflow: store, revocation }
}

function readPort(text: string | undefined): number {
  if (text === undefined || text === '') return 3000
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (port <= 65_535) return port
  throw new ConfigError('PORT', 'expected a number from 0 to 65535')
}

function closeOnSignals(server: Server, { store, overflow, revocation }: Storage): void {
  const close = (): void => {
    server.close(() => {
      void (store ?? overflow)?.close?.()
      if (typeof revocation === 'object') void revocation.close?.()
    })
    // Live pages do not end by themselves, and browsers open connections ahead of need.
    setTimeout(() => server.closeAllConnections(), GRACE_MS).unref()
  }
  process.once('SIGINT', close)
  process.once('SIGTERM', close)
}

/** One line for errors that the user can fix; other errors unchanged, with their stack. */
function explain(error: unknown, envFile: string): unknown {
  const why = reasonOf(error, envFile)
  return why === undefined ? error : `The bookshop cannot start: ${why}`
}

function reasonOf(error: unknown, envFile: string): string | undefined {
  if (!(error instanceof Error)) return undefined
  if (error instanceof ConfigError && error.option.startsWith('secrets')) {
    const problem = error.message.slice(error.option.length + 2)
    return process.env['SESSION_SECRET']
      ? `SESSION_SECRET of the environment: ${problem}`
      : `SESSION_SECRET in ${envFile}: ${problem}. Or delete the line: the shop then generates a secret.`
  }
  if (error instanceof ConfigError) return error.message
  if ('code' in error && error.code === 'EADDRINUSE' && 'port' in error) {
    return `port ${String(error.port)} is in use. Free it, or choose another: PORT=3001`
  }
  // If a name has two addresses and both refuse the connection, the error has no message of its own.
  const { errors: [first = error] = [] } = error as { readonly errors?: readonly Error[] }
  return 'syscall' in first ? first.message : undefined
}
