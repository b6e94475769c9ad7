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

/** What serves requests: an Express app, what a Koa app's `callback()` returns, a function for `node:http`. */
type Listener = (request: IncomingMessage, response: ServerResponse) => unknown

/** What an app of the shop makes its sessions of. */
export interface Storage {
  readonly secrets: readonly [string]
  readonly store: Store | undefined
  /** Takes the sessions that do not fit into their cookies. */
  readonly overflow: Store | undefined
  /** With a login, what has ended is written down where no store knows it; a cart alone has nothing to log out of. */
  readonly revocation: Store | 'none' | undefined
}

/**
 * Opens the shop on PORT, or on 3000, until SIGINT or SIGTERM. The secret comes from the environment or from `.env` in
 * the repository's root, so that every app of the shop reads the sessions of the others, and after a restart its own.
 * STORE says where they are kept: `cookie` (or left out), `memory`, `file`, `sqlite`, `redis` (at REDIS_URL), `postgres`
 * (at POSTGRES_URL) or `overflow` (in the cookie while they fit, and in files while they do not); what lies on disk is in DATA, or in `data` in the repository's root, and so is what was revoked of
 * sessions in cookies. What keeps it from opening is said in one line, and the process ends with code 1.
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
    // Live pages do not end by themselves, nor does a connection that a browser opened ahead of need.
    setTimeout(() => server.closeAllConnections(), GRACE_MS).unref()
  }
  process.once('SIGINT', close)
  process.once('SIGTERM', close)
}

/** One line for what whoever started the shop can put right; anything else as it is, with its stack. */
function explain(error: unknown, envFile: string): unknown {
  const why = reasonOf(error, envFile)
  return why === undefined ? error : `The bookshop cannot open: ${why}`
}

function reasonOf(error: unknown, envFile: string): string | undefined {
  if (!(error instanceof Error)) return undefined
  if (error instanceof ConfigError && error.option.startsWith('secrets')) {
    const problem = error.message.slice(error.option.length + 2)
    return process.env['SESSION_SECRET']
      ? `SESSION_SECRET of the environment: ${problem}`
      : `SESSION_SECRET in ${envFile}: ${problem}. Or delete the line, and one is made for you.`
  }
  if (error instanceof ConfigError) return error.message
  if ('code' in error && error.code === 'EADDRINUSE' && 'port' in error) {
    return `port ${String(error.port)} is taken. Free it, or choose another: PORT=3001`
  }
  // A connection that is refused at two addresses of one name has no message of its own.
  const { errors: [first = error] = [] } = error as { readonly errors?: readonly Error[] }
  return 'syscall' in first ? first.message : undefined
}
