import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The runtimes beside Node, and where their npm packages have their program. */
const FILES = { bun: 'bin/bun', deno: 'deno', workerd: 'bin/workerd' } as const

/** Node is included: a test that passes on it must pass on the others. */
export const RUNTIMES = ['node', 'bun', 'deno', 'workerd'] as const
export type Runtime = (typeof RUNTIMES)[number]

/** The program of a runtime. Each platform has its own package, of which pnpm installs one. */
export function programOf(runtime: Runtime): string {
  if (runtime === 'node') return process.execPath
  const manifest = fileURLToPath(import.meta.resolve(`${runtime}/package.json`))
  const load = createRequire(manifest)
  const { optionalDependencies } = load(manifest) as { optionalDependencies: Record<string, string> }
  const file = `${FILES[runtime]}${process.platform === 'win32' ? '.exe' : ''}`
  for (const name of Object.keys(optionalDependencies)) {
    const program = pathWithin(load, name, file)
    if (program !== undefined) return program
  }
  throw new Error(`${runtime}: the registry has no program for this platform`)
}

function pathWithin(load: NodeJS.Require, name: string, file: string): string | undefined {
  try {
    const program = join(dirname(load.resolve(`${name}/package.json`)), file)
    return existsSync(program) ? program : undefined
  } catch {
    return undefined
  }
}

/** The installed version. */
export function versionOf(runtime: Runtime): string {
  if (runtime === 'node') return process.versions.node
  const load = createRequire(import.meta.url)
  return (load(`${runtime}/package.json`) as { version: string }).version
}
