import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Bundle } from './bundle.ts'
import { programOf, type Runtime } from './programs.ts'
import { END, type FileResult, LINE } from './run-files.ts'

/** The Worker's compatibility date: the first with which all of core works, and therefore the one in docs/runtimes.md. */
export const COMPATIBILITY_DATE = '2025-09-15'

const WORKER = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (services = [(name = "suites", worker = (
  modules = [(name = "suites", esModule = embed "suites.mjs")],
  compatibilityDate = "${COMPATIBILITY_DATE}",
  compatibilityFlags = ["nodejs_compat"],
  bindings = [(name = "SELF", service = "suites")],
))]);
`

/** A runtime that hangs is killed, and fails with the results so far. */
const PATIENCE_MS = 560_000

/** The arguments of each runtime, in a folder with the bundle. */
const ARGUMENTS: Readonly<Record<Runtime, readonly string[]>> = {
  node: ['suites.mjs'],
  bun: ['run', 'suites.mjs'],
  deno: ['run', '--allow-all', '--no-config', 'suites.mjs'],
  workerd: ['test', 'worker.capnp'],
}

/**
 * Runs a bundle of test files on a runtime in a separate process, and returns the results. They are written to a file, because Bun
 * hung while it wrote to a pipe.
 */
export async function runOn(runtime: Runtime, { code }: Bundle): Promise<readonly FileResult[]> {
  const folder = mkdtempSync(join(tmpdir(), `keepsake-${runtime}-`))
  const [output, errors] = [join(folder, 'output'), join(folder, 'errors')]
  writeFileSync(join(folder, 'suites.mjs'), code)
  writeFileSync(join(folder, 'worker.capnp'), WORKER)
  const files = [output, errors].map((file) => openSync(file, 'w'))
  try {
    const child = spawn(programOf(runtime), ARGUMENTS[runtime], {
      cwd: folder,
      stdio: ['ignore', ...files],
      timeout: PATIENCE_MS,
      killSignal: 'SIGKILL',
    })
    await once(child, 'exit')
    const lines = readFileSync(output, 'utf8').split('\n')
    if (lines.includes(END)) return lines.filter((line) => line.startsWith(LINE)).map(resultOf)
    const last = lines.findLast((line) => line.startsWith(LINE))
    throw new Error(`${runtime} exited after ${last}: ${readFileSync(errors, 'utf8').slice(-2000)}`)
  } finally {
    for (const file of files) closeSync(file)
    rmSync(folder, { recursive: true })
  }
}

const resultOf = (line: string): FileResult => JSON.parse(line.slice(LINE.length)) as FileResult
