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

/** A PostgreSQL server of this machine, on a free port, with a folder of its own. */
export interface PostgresServer {
  readonly url: string
  /** Ends all connections and the server, `immediate` as a crash does. */
  halt(how: 'fast' | 'immediate'): Promise<void>
  /** Starts it again after `halt`, on the same port and in the same folder. */
  start(): Promise<void>
  stop(): Promise<void>
}

const ADAPTER_ADVICE = 'install it (Debian: apt-get install --no-install-recommends postgresql)'

/** Debian keeps the servers of all versions beside each other, and none of them on PATH. */
function versionFolders(): string[] {
  const root = '/usr/lib/postgresql'
  try {
    return readdirSync(root).map((version) => join(root, version, 'bin'))
  } catch {
    return []
  }
}

/** Undefined, and a line on the console, where no server is installed. `settings` are those of its configuration. */
export async function startPostgres(settings: readonly string[] = []): Promise<PostgresServer | undefined> {
  const program = findProgram(['postgres'], versionFolders())
  const initdb = findProgram(['initdb'], versionFolders())
  if (program === undefined || initdb === undefined) return missing('PostgreSQL', ADAPTER_ADVICE)
  return startServer(program, initdb, settings)
}

/** A server somewhere, as `POSTGRES_URL` names it, or else one of this machine. */
export async function reachPostgres(): Promise<Pick<PostgresServer, 'url' | 'stop'> | undefined> {
  const url = process.env['POSTGRES_URL']
  if (url) return { url, stop: () => Promise.resolve() }
  return startPostgres()
}

/** A server that is still recovering listens already, and refuses: its first byte is then E rather than R. */
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
