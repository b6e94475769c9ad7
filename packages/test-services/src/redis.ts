import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import {
  findProgram,
  freePort,
  isListening,
  makeFolder,
  missing,
  removeFolder,
  startProcess,
  stopProcess,
  until,
} from './processes.ts'

const run = promisify(execFile)

/** A Redis or Valkey server on this machine, on a free port, with a separate folder. */
export interface RedisServer {
  readonly port: number
  readonly url: string
  /** Runs a command with the server's command-line tool, and returns the output. */
  cli(...args: string[]): Promise<string>
  /** Kills the process immediately, like a crash. */
  kill(): Promise<void>
  /** Starts it again after `kill`, on the same port and in the same folder. */
  start(): Promise<void>
  stop(): Promise<void>
}

const PROGRAMS = ['redis-server', 'valkey-server']
const ADAPTER_ADVICE =
  'put redis-server or valkey-server on PATH (Debian: apt-get install --no-install-recommends redis-server)'

/** Without an installed server, returns undefined and prints a warning. `settings` go into its configuration. */
export async function startRedis(
  settings: readonly string[] = [],
  port?: number,
): Promise<RedisServer | undefined> {
  const program = findProgram(PROGRAMS)
  if (program === undefined) return missing('Redis', ADAPTER_ADVICE)
  return startServer(program, settings, port ?? (await freePort()))
}

/** The server at `REDIS_URL`, or else one on this machine. */
export async function reachRedis(): Promise<Pick<RedisServer, 'url' | 'stop'> | undefined> {
  const url = process.env['REDIS_URL']
  if (url) return { url, stop: () => Promise.resolve() }
  const program = findProgram(PROGRAMS)
  if (program === undefined) return missing('Redis', `set REDIS_URL, or ${ADAPTER_ADVICE}`)
  return startServer(program, [], await freePort())
}

async function startServer(program: string, settings: readonly string[], port: number): Promise<RedisServer> {
  const folder = makeFolder('redis')
  const flags = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--dir', folder, ...settings]
  const tool = findProgram(['redis-cli', 'valkey-cli']) ?? 'redis-cli'
  let child = startProcess(program, flags, folder)
  const ready = (): Promise<void> => until(`Redis on port ${port}`, () => isListening(port))
  await ready()
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    cli: async (...args) => (await run(tool, ['-p', `${port}`, ...args])).stdout.trim(),
    kill: () => stopProcess(child, 'SIGKILL'),
    async start() {
      child = startProcess(program, flags, folder)
      await ready()
    },
    async stop() {
      await stopProcess(child, 'SIGKILL')
      removeFolder(folder)
    },
  }
}
