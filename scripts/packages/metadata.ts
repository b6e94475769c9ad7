import { existsSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { join } from 'node:path'
import { entriesOf, type Manifest, type PublicPackage } from '../workspace.ts'

const REPOSITORY = 'https://github.com/keepsake-js/keepsake'
const SOURCE = '@keepsake/source'

/** Faults in the package.json of a public package; each line names the package. */
export function metadataProblems({ folder, path, manifest }: PublicPackage): readonly string[] {
  const problems = [
    ...factProblems(folder, manifest),
    ...exportProblems(manifest),
    ...dependencyProblems(manifest),
    ...fileProblems(path, manifest),
  ]
  return problems.map((problem) => `${manifest.name}: ${problem}`)
}

function factProblems(folder: string, manifest: Manifest): readonly string[] {
  const { name, bin } = manifest
  const facts: readonly (readonly [what: string, isRight: boolean])[] = [
    [
      `name is @keepsake/${folder}, or keepsake for the command`,
      name === (bin ? 'keepsake' : `@keepsake/${folder}`),
    ],
    ['description is a sentence', /^[A-Z].*\.$/.test(manifest.description ?? '')],
    ['keywords exist and are sorted', isOrdered(manifest.keywords ?? [])],
    ['license is MIT', manifest.license === 'MIT'],
    [
      'homepage links to the README',
      manifest.homepage === `${REPOSITORY}/tree/main/packages/${folder}#readme`,
    ],
    ['bugs links to the issues', manifest.bugs === `${REPOSITORY}/issues`],
    ['repository is correct', isDeepStrictEqual(manifest.repository, repositoryOf(folder))],
    ['type is module', manifest.type === 'module'],
    ['sideEffects is false', manifest.sideEffects === false],
    ['files contains dist', manifest.files?.includes('dist') === true],
    ['engines.node is >=22.13', manifest.engines?.['node'] === '>=22.13'],
    ['publishConfig.access is public', manifest.publishConfig?.access === 'public'],
    ['publishConfig.provenance is true', manifest.publishConfig?.provenance === true],
  ]
  return facts.filter(([, isRight]) => !isRight).map(([what]) => `expected that ${what}`)
}

const isOrdered = (words: readonly string[]): boolean =>
  words.length > 0 && isDeepStrictEqual(words, words.toSorted())

const repositoryOf = (folder: string) => ({
  type: 'git',
  url: `git+${REPOSITORY}.git`,
  directory: `packages/${folder}`,
})

/** One source file per entry; the published exports are the same without the sources. */
function exportProblems({ exports = {}, publishConfig, bin, main, types }: Manifest): readonly string[] {
  const published = Object.fromEntries(
    Object.entries(exports).map(([entry, target]) => [entry, withoutSource(target)]),
  )
  const wanted = Object.fromEntries(
    Object.entries(exports).map(([entry, target]) => [entry, targetOf(target)]),
  )
  const hasSources = !isDeepStrictEqual(published, exports)
  return [
    ...(isDeepStrictEqual(exports, wanted)
      ? []
      : ['exports: expected module-sync, import and require of one source file each']),
    ...(!hasSources || isDeepStrictEqual(publishConfig?.exports, published)
      ? []
      : [`publishConfig.exports: expected exports without ${SOURCE}`]),
    ...(exports['./package.json'] === './package.json' ? [] : ['exports: expected ./package.json']),
    ...(bin || (main === './dist/index.cjs' && types === './dist/index.d.cts')
      ? []
      : ['main and types: expected the CommonJS build']),
  ]
}

function withoutSource(target: unknown): unknown {
  if (typeof target !== 'object' || target === null) return target
  const { [SOURCE]: _, ...rest } = target as Record<string, unknown>
  return rest
}

function targetOf(target: unknown): unknown {
  // A JSON file is published unchanged, under its own name.
  if (typeof target === 'string' && /^\.\/[\w-]+\.json$/.test(target)) return target
  if (typeof target !== 'object' || target === null || !(SOURCE in target)) return './package.json'
  const source = String(target[SOURCE])
  const file = source.replace('./src/', './dist/').replace(/\.ts$/, '')
  const esm = { types: `${file}.d.ts`, default: `${file}.js` }
  const cjs = { types: `${file}.d.cts`, default: `${file}.cjs` }
  return { [SOURCE]: source, 'module-sync': esm, import: esm, require: cjs }
}

function dependencyProblems({ name, dependencies = {} }: Manifest): readonly string[] {
  const own = Object.entries(dependencies).filter(([name]) => name.startsWith('@keepsake/'))
  return [
    ...(name === '@keepsake/core' && Object.keys(dependencies).length > 0
      ? ['core has no dependencies']
      : []),
    ...own.filter(([, range]) => range !== 'workspace:^').map(([name]) => `${name}: expected workspace:^`),
  ]
}

function fileProblems(path: string, manifest: Manifest): readonly string[] {
  const files = ['README.md', ...entriesOf(manifest).map((entry) => `src/${entry}.ts`)]
  return files.filter((file) => !existsSync(join(path, file))).map((file) => `${file} is missing`)
}
