import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Readable } from 'node:stream'

// Halves the start-up time.
const CACHE = join(import.meta.dirname, '../node_modules/.cache/node')

type Process = ChildProcessByStdio<null, Readable, Readable>

/** An example app in a separate process, as `pnpm start` runs it. */
export interface Server {
  readonly url: string
  /** Ends the process as Ctrl+C does, and starts a new one on the same port. */
  restart(): Promise<void>
  /** @throws {Error} if the server has written to standard error. */
  stop(): Promise<void>
}

/** Starts an app on a free port, in an environment with these variables added. */
export async function startServer(
  name: string,
  variables: Readonly<Record<string, string>>,
): Promise<Server> {
  let complaints = ''
  const launch = (port: string): Process => {
    const child = spawn(process.execPath, ['--conditions=@keepsake/source', 'src/server.ts'], {
      cwd: join(import.meta.dirname, '../..', name),
      env: { ...process.env, ...variables, PORT: port, NODE_COMPILE_CACHE: CACHE },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    child.stderr.on('data', (text) => (complaints += String(text)))
    return child
  }

  let child = launch('0')
  const url = await urlOf(child)
  const end = async (): Promise<void> => {
    child.kill('SIGINT')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  }
  return {
    url,
    async restart() {
      await end()
      child = launch(new URL(url).port)
      await urlOf(child)
    },
    async stop() {
      await end()
      if (complaints !== '') throw new Error(`${name} wrote to standard error:\n${complaints}`)
    },
  }
}

async function urlOf(child: Process): Promise<string> {
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += String(text)))
  const exited = once(child, 'exit').then(() => {
    throw new Error(`the server exited before it was ready:\n${said}`)
  })
  while (true) {
    await Promise.race([once(child.stdout, 'data'), exited])
    const [url] = /http:\/\/\S+(?=\n)/.exec(said) ?? []
    if (url !== undefined) return url
  }
}
