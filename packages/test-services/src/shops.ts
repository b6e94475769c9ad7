import { type ChildProcess, fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { stopProcess } from './processes.ts'

/** Processes of one application over one store. */
export interface Shops {
  readonly ports: readonly number[]
  /** How many of them are still running. */
  alive(): number
  stop(): Promise<void>
}

/** Starts several processes of a module that calls `serveShop`. `settings` are added to their environment. */
export async function startShops(
  script: URL,
  count: number,
  settings: Readonly<Record<string, string>>,
): Promise<Shops> {
  const secret = { SECRET: randomBytes(32).toString('base64url'), ...settings }
  const starting = Array.from({ length: count }, () => startServer(script, secret))
  const servers = await Promise.all(starting)
  return {
    ports: servers.map(({ port }) => port),
    alive: () => servers.filter(({ child }) => isRunning(child)).length,
    stop: async () => void (await Promise.all(servers.map(({ child }) => stopProcess(child, 'SIGKILL')))),
  }
}

/** A process that serves on a port of the loopback interface. */
export interface ServerProcess {
  readonly port: number
  readonly child: ChildProcess
}

/**
 * Starts a module that sends its port when it listens. `settings` are added to its environment. With `SHOW_FAULTS=2` or the
 * right `errors`, its standard error is shown, with the adapter's log line of each failed request.
 */
export async function startServer(
  script: URL,
  settings: Readonly<Record<string, string>>,
  errors: 'inherit' | 'ignore' = process.env['SHOW_FAULTS'] === '2' ? 'inherit' : 'ignore',
): Promise<ServerProcess> {
  const child = fork(script, {
    env: { ...process.env, ...settings },
    execArgv: ['--conditions=@keepsake/source', '--no-warnings'],
    stdio: ['ignore', 'ignore', errors, 'ipc'],
  })
  return { port: await portOf(child), child }
}

export const isRunning = ({ exitCode, signalCode }: ChildProcess): boolean =>
  exitCode === null && signalCode === null

const portOf = (child: ChildProcess): Promise<number> =>
  new Promise((resolve, reject) => {
    child.once('message', (port) => resolve(Number(port)))
    child.once('exit', (code) => reject(new Error(`a server exited during its start with code ${code}`)))
  })
