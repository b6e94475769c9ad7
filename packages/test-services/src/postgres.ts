import { readdirSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import {
  findProgram,
  freePort,
  makeFolder,
  missing,
  removeFolder,
  runProcess,
  startProcess,
  stopProcess,
  until,
} from './processes.ts'

/** A PostgreSQL server on this machine, on a free port, with a separate folder. */
export interface PostgresServer {
  readonly url: string
  /** Closes all connections and stops the server; `immediate` works like a crash. */
  halt(how: 'fast' | 'immediate'): Promise<void>
  /** Starts it again after `halt`, on the same port and in the same folder. */
  start(): Promise<void>
  stop(): Promise<void>
}

const ADAPTER_ADVICE = 'install it (Debian: apt-get install --no-install-recommends postgresql)'

/** Debian installs each version in a separate folder, none of which is on PATH. */
function versionFolders(): string[] {
  const root = '/usr/lib/postgresql'
  try {
    return readdirSync(root).map((version) => join(root, version, 'bin'))
  } catch {
    return []
  }
}

/** Without an installed server, returns undefined and prints a warning. `settings` go into its configuration. */
export async function startPostgres(settings: readonly string[] = []): Promise<PostgresServer | undefined> {
  const program = findProgram(['postgres'], versionFolders())
  const initdb = findProgram(['initdb'], versionFolders())
  if (program === undefined || initdb === undefined) return missing('PostgreSQL', ADAPTER_ADVICE)
  return startServer(program, initdb, settings)
}

/** The server at `POSTGRES_URL`, or else one on this machine. */
export async function reachPostgres(): Promise<Pick<PostgresServer, 'url' | 'stop'> | undefined> {
  const url = process.env['POSTGRES_URL']
  if (url) return { url, stop: () => Promise.resolve() }
  return startPostgres()
}

/** A recovering server already listens, but rejects connections: its first byte is then E instead of R. */
const isReady = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const hello = Buffer.from('\0\0\0\0\0\u0003\0\0user\0postgres\0\0')
    hello.writeInt32BE(hello.length)
    const socket = connect(port, '127.0.0.1', () => socket.write(hello))
    socket.once('data', ([first]) => {
      resolve(first === 'R'.codePointAt(0))
      socket.destroy()
    })
    socket.once('error', () => resolve(false)).once('close', () => resolve(false))
  })

async function startServer(
  program: string,
  initdb: string,
  settings: readonly string[],
): Promise<PostgresServer> {
  const folder = makeFolder('postgres')
  const data = join(folder, 'data')
  runProcess(initdb, ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-locale', '-N'], folder)
  const port = await freePort()
  const own = ['listen_addresses=127.0.0.1', `port=${port}`, `unix_socket_directories=${folder}`]
  const flags = ['-D', data, ...[...own, ...settings].flatMap((setting) => ['-c', setting])]
  let child = startProcess(program, flags, folder)
  const ready = (): Promise<void> => until(`PostgreSQL on port ${port}`, () => isReady(port))
  await ready()
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    halt: (how) => stopProcess(child, how === 'fast' ? 'SIGINT' : 'SIGQUIT'),
    async start() {
      child = startProcess(program, flags, folder)
      await ready()
    },
    async stop() {
      await stopProcess(child, 'SIGQUIT')
      removeFolder(folder)
    },
  }
}
