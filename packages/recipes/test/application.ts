import { execFile, fork } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type Client, createClient } from '@keepsake/testing'
import { onTestFinished } from 'vitest'

/** The session mode of an application; see `sessions.ts`. */
export type Mode = 'cookie' | 'store' | 'failing store'

/** An application of this package, and the program among its dependencies that builds it for production. */
export interface Application {
  readonly folder: string
  readonly build: readonly [program: string, ...words: string[]]
}

/** The parts of a browser that are used here. */
export interface Visitor {
  readonly client: Client
  /** Submits a form of the application's own pages. */
  readonly submit: (path: string, fields: string, headers?: Readonly<Record<string, string>>) => Answer
}

type Answer = ReturnType<Client['request']>

const SECRET = 'a secret that is only for tests and has 51 characters'
const pathOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

export async function build({ folder, build: [program, ...words] }: Application): Promise<void> {
  const env = { ...process.env, NODE_ENV: 'production', ASTRO_TELEMETRY_DISABLED: '1' }
  const cwd = pathOf(`../${folder}`)
  const script = pathOf(`../node_modules/${program}`)
  await promisify(execFile)(process.execPath, [script, ...words], { cwd, env })
}

/** The built application in a separate process. */
export interface Running {
  /** A visitor without cookies, until the test ends. */
  visit(): Visitor
  /** Returns what the process has printed to standard error. */
  stop(): Promise<string>
}

export async function start({ folder }: Application, mode: Mode): Promise<Running> {
  const settings = { NODE_ENV: 'production', SESSION_MODE: mode, SESSION_SECRET: SECRET }
  const child = fork(pathOf('serve.ts'), [folder], {
    // SvelteKit compares the origin of a form with its own, and assumes https unless it is configured otherwise.
    env: { ...process.env, ...settings, PROTOCOL_HEADER: 'x-forwarded-proto' },
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  const exit = once(child, 'exit')
  const printed = child.stderr ? text(child.stderr) : ''
  const failed = exit.then(async () => Promise.reject(new Error(await printed)))
  failed.catch(() => undefined)
  const [port] = (await Promise.race([once(child, 'message'), failed])) as [number]
  return {
    visit: () => visitorOf(`http://127.0.0.1:${port}`),
    async stop() {
      child.disconnect()
      await exit
      return printed
    },
  }
}

function visitorOf(origin: string): Visitor {
  const client = createClient(origin)
  onTestFinished(() => client.close())
  return {
    client,
    submit: (path, body, headers) =>
      client.request(path, { method: 'POST', body, headers: { ...FORM, Origin: origin, ...headers } }),
  }
}

const FORM = {
  Accept: 'text/html',
  'Content-Type': 'application/x-www-form-urlencoded',
  'X-Forwarded-Proto': 'http',
}
