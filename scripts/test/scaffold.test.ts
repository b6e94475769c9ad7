import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { metadataProblems } from '../packages/metadata.ts'
import { type Kind, folderOf, scaffold } from '../packages/scaffold.ts'
import { run } from '../run.ts'
import { readManifest, ROOT } from '../workspace.ts'

/** A copy of the workspace with its dependencies linked, and a new package in it. */
function laidDown(kind: Kind, name: string) {
  const root = mkdtempSync(join(tmpdir(), 'keepsake-scaffold-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  for (const file of ['tsconfig.base.json', 'tsup.config.ts', 'vitest.shared.ts', 'package.json']) {
    cpSync(join(ROOT, file), join(root, file))
  }
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'))
  scaffold(kind, name, root)
  const path = join(root, 'packages', folderOf(kind, name))
  // Links that pnpm install would create.
  const scope = join(path, 'node_modules/@keepsake')
  mkdirSync(scope, { recursive: true })
  for (const own of ['core', 'node-http', 'testing'])
    symlinkSync(join(ROOT, 'packages', own), join(scope, own))
  const tool = (tool: string, ...args: readonly string[]) =>
    run(join(ROOT, 'node_modules/.bin', tool), args, { cwd: path, env: { SCHEDULES: '20', NO_COLOR: '1' } })
  return { root, path, tool }
}

const cases = [
  ['store', 'demo'],
  ['adapter', 'demo-frame'],
] as const

describe.each(cases)('a newly created package, %s,', (kind, name) => {
  it('passes the checks, type-checks, and has a failing suite that says what to implement', async () => {
    const { path, tool } = laidDown(kind, name)
    expect(metadataProblems({ folder: folderOf(kind, name), path, manifest: readManifest(path) })).toEqual([])
    await tool('tsc', '-p', '.')
    await expect(tool('vitest', 'run', '--bail=1')).rejects.toThrow(
      `in packages/${folderOf(kind, name)}/src/index.ts`,
    )
  })

  it('is not created twice, nor under an invalid name', () => {
    const { root } = laidDown(kind, name)
    expect(() => scaffold(kind, name, root)).toThrow('already exists')
    expect(() => scaffold(kind, '../x', root)).toThrow('expected a name')
  })
})

/** A file from a code block of the documentation. */
function fileIn(page: string, file: string): string {
  const text = readFileSync(join(ROOT, 'docs', page), 'utf8')
  const [, code] = text.split(`\`\`\`ts file=${file}\n`)
  if (code === undefined) throw new Error(`${page} does not contain ${file}`)
  return code.split('\n```')[0] ?? ''
}

/** Fails if the package does not build, or a test of its suite fails. */
async function expectGreen({ path, tool }: ReturnType<typeof laidDown>): Promise<void> {
  await tool('tsup', '--config', '../../tsup.config.ts', 'src/index.ts')
  expect(readdirSync(join(path, 'dist'))).toEqual(
    expect.arrayContaining(['index.js', 'index.cjs', 'index.d.ts', 'index.d.cts']),
  )
  expect(await tool('vitest', 'run')).toMatch(/Tests {2}\d+ passed/)
}

it('a new store builds, and passes its suite, once it is implemented as the documentation shows', async () => {
  const store = laidDown('store', 'demo')
  const code = fileIn('write-a-store.md', 'tiny-store.ts')
  const options =
    'export const demoStore = (options: { now?: () => number } = {}): Store => tinyStore(options.now)'
  writeFileSync(join(store.path, 'src/index.ts'), `${code}\n${options}\n`)
  await expectGreen(store)
})

it('a new adapter builds, and passes its suite, once it is implemented as the documentation shows', async () => {
  const adapter = laidDown('adapter', 'demo-frame')
  const code = fileIn('write-an-adapter.md', 'tiny-adapter.ts').replaceAll(
    'tinyFramework',
    'withDemoFrameSession',
  )
  writeFileSync(join(adapter.path, 'src/index.ts'), code)
  await expectGreen(adapter)
})
