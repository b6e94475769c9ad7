import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { metadataProblems } from '../packages/metadata.ts'
import { sizeProblems } from '../packages/sizes.ts'
import { publicPackages, type PublicPackage, readManifest, ROOT } from '../workspace.ts'

it('the packages of this repository have correct metadata', () => {
  const packages = publicPackages()
  expect(packages.length).toBeGreaterThanOrEqual(10)
  expect(packages.flatMap(metadataProblems)).toEqual([])
})

/** A copy of core with these fields in its package.json. */
function coreWith(fields: object): PublicPackage {
  const path = mkdtempSync(join(tmpdir(), 'keepsake-metadata-'))
  onTestFinished(() => rmSync(path, { recursive: true }))
  const core = join(ROOT, 'packages/core')
  for (const name of ['src', 'README.md']) cpSync(join(core, name), join(path, name), { recursive: true })
  writeFileSync(join(path, 'package.json'), JSON.stringify({ ...readManifest(core), ...fields }))
  return { folder: 'core', path, manifest: readManifest(path) }
}

const exports = readManifest(join(ROOT, 'packages/core')).exports ?? {}

it.each([
  [{ name: '@keepsake/kern' }, 'name'],
  [{ description: 'sessions' }, 'description'],
  [{ keywords: [] }, 'keywords'],
  [{ license: 'ISC' }, 'license'],
  [{ repository: undefined }, 'repository'],
  [{ sideEffects: undefined }, 'sideEffects'],
  [{ engines: { node: '>=18' } }, 'engines'],
  [{ files: ['src'] }, 'files'],
  [{ publishConfig: { access: 'public', provenance: true } }, 'publishConfig.exports'],
  [{ publishConfig: { access: 'restricted' } }, 'publishConfig.access'],
  [{ exports: { ...exports, './x': './dist/x.js' } }, 'exports'],
  [{ exports: { ...exports, './x': { '@keepsake/source': './src/x.ts' } } }, 'src/x.ts is missing'],
  [{ dependencies: { cookie: '^2' } }, 'core has no dependencies'],
  [{ dependencies: { '@keepsake/koa': '^0.1.0' } }, '@keepsake/koa: expected workspace:^'],
  [{ main: './dist/index.js' }, 'main and types'],
])('the check of metadata reports %j in a package.json', (fields, problem) => {
  const problems = metadataProblems(coreWith(fields))
  expect(problems.join('\n')).toContain(problem)
})

it('the check of sizes reports a package that exceeds its limit, or has none', () => {
  expect(sizeProblems({ a: 10, b: 10 }, { a: 10, b: 9 })).toEqual(['b: 10 bytes, more than its limit of 9'])
  expect(sizeProblems({ a: 10 }, {})).toHaveLength(1)
})
