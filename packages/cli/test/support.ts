import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { run } from '../src/run.ts'

/** Caches the compiled sources for all processes. */
export const NODE_COMPILE_CACHE: string = fileURLToPath(
  new URL('../node_modules/.cache/compile', import.meta.url),
)
const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url))

const NODE_ARGS = ['--conditions=@keepsake/source', MAIN]

/** The command as a shell command line. */
export const commandLine = (args: readonly string[]): string =>
  [process.execPath, ...NODE_ARGS, ...args].map((word) => `'${word}'`).join(' ')

export interface Run {
  readonly code: number | null
  readonly out: string
  readonly error: string
}

export interface RunOptions {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  readonly input?: string
}

/** Runs the command in this process, because about two hundred starts would be slow. */
export async function keepsake(
  args: readonly string[],
  { cwd, env = {}, input = '' }: RunOptions,
): Promise<Run & { readonly code: number }> {
  let error = ''
  const terminal = {
    isInteractive: false,
    write: (text: string) => void (error += text),
    ask: () => Promise.resolve(''),
    interruption: () => new AbortController().signal,
  }
  const before = new Set(Object.keys(process.env))
  // An application's module reads the environment of its process.
  Object.assign(process.env, env)
  try {
    const end = await run(args, { env, cwd, readInput: async () => input, now: Date.now(), terminal })
    return { code: end.code, out: printed(end.out), error: error + printed(end.error) }
  } finally {
    for (const name of Object.keys(process.env)) if (!before.has(name)) delete process.env[name]
  }
}

const printed = (text: string | undefined): string => (text === undefined ? '' : `${text}\n`)

/** Runs the command from its sources in a separate process, with only the given environment. */
export async function keepsakeProcess(
  args: readonly string[],
  { cwd, env = {}, input = '' }: RunOptions,
): Promise<Run> {
  const child = spawn(process.execPath, [...NODE_ARGS, ...args], {
    cwd,
    env: { NODE_COMPILE_CACHE, ...env },
  })
  // A command that does not read its input may already have closed it.
  child.stdin.on('error', () => undefined)
  child.stdin.end(input)
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  const [out, error, code] = await Promise.all([text(child.stdout), text(child.stderr), ended])
  return { code, out, error }
}

/** An empty directory for one test. */
export function makeDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'keepsake-cli-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  return directory
}
