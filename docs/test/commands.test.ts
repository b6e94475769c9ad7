import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { blocksOf } from '../src/blocks.ts'
import { readPages, ROOT } from '../src/pages.ts'

interface Manifest {
  readonly name: string
  readonly private?: boolean
  readonly scripts?: Readonly<Record<string, string>>
}

const read = (path: string): Manifest => JSON.parse(readFileSync(join(ROOT, path), 'utf8')) as Manifest
const scripts = new Set(Object.keys(read('package.json').scripts ?? {}))
const manifests = globSync('packages/*/package.json', { cwd: ROOT })
  .map(read)
  .filter((manifest) => manifest.private !== true)
const published = new Set(manifests.map(({ name }) => name))

/** The commands on the pages: the lines of `sh` blocks, and inline code. */
const typed = readPages().flatMap(({ path, markdown }) => {
  const lines = blocksOf(markdown)
    .filter(({ language }) => language === 'sh')
    .flatMap(({ code }) => code.split('\n'))
  const inline = [...markdown.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code)
  return [...lines, ...inline].map((text) => ({ path, text }))
})

/** Commands of pnpm itself. */
const BUILT_IN: ReadonlySet<string> = new Set(['install', 'add', 'pack'])

it('the documentation mentions only scripts that exist', () => {
  const told = typed.flatMap(({ path, text }) => {
    const name = /\bpnpm(?:@12)? (?!--)([\w:-]+)/.exec(text)?.[1]
    return name === undefined ? [] : [{ path, name }]
  })
  expect(told.length).toBeGreaterThan(0)
  expect(told.filter(({ name }) => !scripts.has(name) && !BUILT_IN.has(name))).toEqual([])
})

it('the documentation installs only packages that are published', () => {
  const told = typed
    .filter(({ text }) => /\bnpm install\b/.test(text))
    .flatMap(({ path, text }) => (text.match(/@keepsake\/[\w-]+/g) ?? []).map((name) => ({ path, name })))
  expect(told.length).toBeGreaterThan(0)
  expect(told.filter(({ name }) => !published.has(name))).toEqual([])
})
