import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect, it } from 'vitest'
import { PURPOSES } from '../src/api-purposes.ts'
import { ROOT } from '../src/pages.ts'

const slashes = (path: string): string => path.replaceAll('\\', '/')

/** What users can import, as `core` and `core/store`: each entry has a report of its exports. */
const published = globSync('packages/*/etc/*.api.md', { cwd: ROOT }).map((path) => {
  const [, folder = ''] = slashes(path).split('/')
  return basename(path, '.api.md').replace(`${folder}-`, `${folder}/`)
})

const { entryPoints } = JSON.parse(readFileSync(join(ROOT, 'docs/typedoc.json'), 'utf8')) as {
  readonly entryPoints: readonly string[]
}

it('has an API page for each entry that is published', () => {
  const files = globSync([...entryPoints], { cwd: join(ROOT, 'docs') })
  const entries = files.map((file) =>
    slashes(file).replaceAll(/^\.\.\/packages\/|\/src(?:\/index)?|\.ts$/g, ''),
  )
  expect(entries.sort()).toEqual([...published].sort())
})

it('lists each published entry except core below exactly one purpose', () => {
  const listed = PURPOSES.flatMap(({ entries = [] }) => entries)
  expect(listed.sort()).toEqual(published.filter((entry) => entry !== 'core').sort())
})

it('lists only names that core exports, and none of them twice', () => {
  const report = readFileSync(join(ROOT, 'packages/core/etc/core.api.md'), 'utf8')
  const exported = new Set([...report.matchAll(/^export (?:abstract )?\w+ (\w+)/gm)].map(([, name]) => name))
  const listed = PURPOSES.flatMap(({ core = [] }) => core)
  expect(listed.filter((name, at) => !exported.has(name) || listed.indexOf(name) < at)).toEqual([])
})
