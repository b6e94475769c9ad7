import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Readable } from 'node:stream'

const APP = join(import.meta.dirname, 'app')
const NEXT = createRequire(import.meta.url).resolve('next/dist/bin/next')
const PRODUCTION = { ...process.env, NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: 'production' } as const

/** Next's own production build of the application beside this file: without a secret, as in a container build. */
export function build(): void {
  const { status, stdout, stderr } = spawnSync(process.execPath, [NEXT, 'build', APP], {
    env: PRODUCTION,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`next build failed:\n${stdout}${stderr}`)
}

/** A process of `next start`. */
export interface Server {
  readonly url: string
  /** Its output on standard error. */
  complaints(): string
  stop(): Promise<void>
}

export async function serve(variables: Readonly<Record<string, string>>): Promise<Server> {
  const args = [NEXT, 'start', APP, '--port', '0', '--hostname', '127.0.0.1']
  const env = { ...PRODUCTION, ...variables }
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let complaints = ''
  child.stderr.on('data', (text) => (complaints += String(text)))
  return {
    url: await urlOf(child.stdout),
    complaints: () => complaints,
    async stop() {
      child.kill()
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    },
  }
}

function urlOf(stdout: Readable): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  let said = ''
  stdout.on('data', (text) => {
    said += String(text)
    const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(said) ?? []
    if (url !== undefined && said.includes('Ready')) resolve(url)
  })
  stdout.on('end', () => reject(new Error(`next start exited:\n${said}`)))
  return promise
}
