/*
 * Checks who imports whom in the published packages, as docs/map.md draws it: core nothing but Node; adapters core and
 * node-http; stores core. Inside core the layers below must not reach up. That there are no cycles is oxlint's to say.
 */
import { globSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** What the sources of a package may import besides Node and their own files. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: [],
  'node-http': ['@keepsake/core'],
  express: ['@keepsake/core', '@keepsake/node-http', 'express'],
  koa: ['@keepsake/core', '@keepsake/node-http', 'koa'],
  'store-file': ['@keepsake/core'],
  'store-sqlite': ['@keepsake/core'],
  'store-redis': ['@keepsake/core'],
  'store-postgres': ['@keepsake/core'],
  testing: ['@keepsake/core', 'tough-cookie', 'vitest'],
  cli: ['@keepsake/core', '@keepsake/core/sealer'],
}

/** Layers of core from below; a file may import its own layer and those before it. What none names is not judged. */
const LAYERS: readonly (readonly string[])[] = [
  ['errors', 'options', 'duration', 'maybe-promise', 'random', 'keyed-queue', 'turns'],
  ['xaes', 'message-keys', 'secrets', 'token', 'seal', 'sealer', 'cookie/'],
  ['values', 'record', 'lifetime', 'store', 'merge', 'rebase'],
  ['session', 'guarded-controls', 'session-host', 'leaving', 'subjects', 'plan', 'trace'],
  ['modes/', 'records', 'opening', 'stored-subjects', 'decision'],
  ['visit', 'open-visit', 'visit-setup', 'visit-headers', 'setup'],
  ['sessions', 'index'],
]

const IMPORT = /(?:^|\n)\s*(?:import|export)\s(?:[^'"]*?\sfrom\s)?['"]([^'"]+)['"]/g

const importsOf = (path: string): string[] =>
  [...readFileSync(path, 'utf8').matchAll(IMPORT)].map(([, specifier]) => specifier ?? '')

function layerOf(file: string): number | undefined {
  const name = file.replace(/\.ts$/, '')
  const at = LAYERS.findIndex((layer) =>
    layer.some((member) => (member.endsWith('/') ? name.startsWith(member) : name === member)),
  )
  return at === -1 ? undefined : at
}

function faultOf(directory: string, file: string, specifier: string): string | undefined {
  if (specifier.startsWith('node:')) return undefined
  if (!specifier.startsWith('.')) {
    const isAllowed = MAY_IMPORT[directory]?.includes(specifier) === true
    return isAllowed ? undefined : `must not import ${specifier}`
  }
  const source = join(root, 'packages', directory, 'src')
  const target = relative(source, join(source, file, '..', specifier))
  if (target.startsWith('..') && target !== '../package.json')
    return `must not leave its package for ${specifier}`
  if (directory !== 'core') return undefined
  const [from, to] = [layerOf(file), layerOf(target)]
  return from !== undefined && to !== undefined && to > from ? `must not reach up to ${target}` : undefined
}

const faults: string[] = []
let files = 0
for (const directory of Object.keys(MAY_IMPORT)) {
  const source = join(root, 'packages', directory, 'src')
  for (const file of globSync('**/*.ts', { cwd: source })) {
    files++
    for (const specifier of importsOf(join(source, file))) {
      const fault = faultOf(directory, file, specifier)
      if (fault !== undefined) faults.push(`packages/${directory}/src/${file} ${fault}`)
    }
  }
}
for (const fault of faults) console.error(fault)
console.log(`${files} files, ${faults.length} imports against the order`)
if (faults.length > 0 || files === 0) process.exitCode = 1
