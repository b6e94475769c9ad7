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

/** A Redis or Valkey server of this machine, on a free port, with a folder of its own. */
export interface RedisServer {
  readonly port: number
  readonly url: string
  /** Runs a command, by the server's own tool, and returns what it prints. */
  cli(...args: string[]): Promise<string>
  /** Ends the process at once, as a crash does. */
  kill(): Promise<void>
  /** Starts it again after `kill`, on the same port and in the same folder. */
  start(): Promise<void>
  stop(): Promise<void>
}

const PROGRAMS = ['redis-server', 'valkey-server']
const ADAPTER_ADVICE =
  'put redis-server or valkey-server on PATH (Debian: apt-get install --no-install-recommends redis-server)'

/** Undefined, and a line on the console, where no server is installed. `settings` are those of its configuration. */
export async function startRedis(
  settings: readonly string[] = [],
  port?: number,
): Promise<RedisServer | undefined> {
  const program = findProgram(PROGRAMS)
  if (program === undefined) return missing('Redis', ADAPTER_ADVICE)
  return startServer(program, settings, port ?? (await freePort()))
}

/** A server somewhere, as `REDIS_URL` names it, or else one of this machine. */
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
