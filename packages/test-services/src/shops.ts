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

/** Starts a module that calls `serveShop`, so many times. Its environment gets `settings`. */
export async function startShops(
  script: URL,
  count: number,
  settings: Readonly<Record<string, string>>,
): Promise<Shops> {
  const env = { ...process.env, SECRET: randomBytes(32).toString('base64url'), ...settings }
  const children = Array.from({ length: count }, () =>
    fork(script, {
      env,
      execArgv: ['--conditions=@keepsake/source', '--no-warnings'],
      // What the adapter logs of each request that failed.
      stdio: ['ignore', 'ignore', process.env['SHOW_FAULTS'] === '2' ? 'inherit' : 'ignore', 'ipc'],
    }),
  )
  const ports = await Promise.all(children.map(portOf))
  return {
    ports,
    alive: () =>
      children.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null).length,
    stop: async () => void (await Promise.all(children.map((child) => stopProcess(child, 'SIGKILL')))),
  }
}

const portOf = (child: ChildProcess): Promise<number> =>
  new Promise((resolve, reject) => {
    child.once('message', (port) => resolve(Number(port)))
    child.once('exit', (code) => reject(new Error(`a shop ended at its start with ${code}`)))
  })
