import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Bundle } from './bundle.ts'
import { programOf, type Runtime } from './programs.ts'
import { END, type FileResult, LINE } from './run-files.ts'

/** The day whose behaviour the Worker asks for: the first with which all of core works, and so the one in docs/runtimes.md. */
export const COMPATIBILITY_DATE = '2025-09-15'

const WORKER = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (services = [(name = "suites", worker = (
  modules = [(name = "suites", esModule = embed "suites.mjs")],
  compatibilityDate = "${COMPATIBILITY_DATE}",
  compatibilityFlags = ["nodejs_compat"],
  bindings = [(name = "SELF", service = "suites")],
))]);
`

/** A runtime that hangs is ended, and fails with what it came to. */
const PATIENCE_MS = 540_000

/** What each is started with, in a folder with the bundle. */
const ARGUMENTS: Readonly<Record<Runtime, readonly string[]>> = {
  node: ['suites.mjs'],
  bun: ['run', 'suites.mjs'],
  deno: ['run', '--allow-all', '--no-config', 'suites.mjs'],
  workerd: ['test', 'worker.capnp'],
}

/** Runs a bundle of test files on a runtime, in a process of its own, and says how each test went. */
export async function runOn(runtime: Runtime, { code }: Bundle): Promise<readonly FileResult[]> {
  const folder = mkdtempSync(join(tmpdir(), `keepsake-${runtime}-`))
  writeFileSync(join(folder, 'suites.mjs'), code)
  writeFileSync(join(folder, 'worker.capnp'), WORKER)
  const child = spawn(programOf(runtime), ARGUMENTS[runtime], { cwd: folder })
  const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS)
  const results: FileResult[] = []
  const complaints: string[] = []
  child.stderr.on('data', (text: Buffer) => void complaints.push(text.toString()))
  try {
    for await (const line of createInterface(child.stdout)) {
      if (line === END) return results
      if (line.startsWith(LINE)) results.push(JSON.parse(line.slice(LINE.length)) as FileResult)
    }
    throw new Error(`${runtime} ended after ${results.length} tests: ${complaints.join('').slice(-2000)}`)
  } finally {
    // Tests leave stores behind that never answer, and whatever waits for them.
    clearTimeout(timer)
    child.kill('SIGKILL')
    rmSync(folder, { recursive: true })
  }
}
