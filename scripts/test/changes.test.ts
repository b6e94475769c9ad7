import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { changedSinceRelease, namedIn, unnamed } from '../packages/changes.ts'
import { run } from '../run.ts'
import { readManifest } from '../workspace.ts'

/** A repository with one package, whose files a test can write and commit. */
async function repository() {
  const root = mkdtempSync(join(tmpdir(), 'keepsake-changes-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  const path = join(root, 'packages/core')
  mkdirSync(join(path, 'src'), { recursive: true })
  const git = (...args: readonly string[]) =>
    run('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args], { cwd: root })
  await git('init', '--quiet')
  async function commit(version: string, source: string, readme = ''): Promise<void> {
    writeFileSync(
      join(path, 'package.json'),
      JSON.stringify({ name: '@keepsake/core', version }, undefined, 2),
    )
    writeFileSync(join(path, 'src/index.ts'), source)
    writeFileSync(join(path, 'README.md'), readme)
    await git('add', '--all')
    await git('commit', '--quiet', '--allow-empty', '--message', 'x')
  }
  const isChanged = () => changedSinceRelease({ folder: 'core', path, manifest: readManifest(path) }, root)
  return { commit, isChanged }
}

describe('the check of changesets', () => {
  it('counts a package that has never been released as changed', async () => {
    const { commit, isChanged } = await repository()
    await commit('0.0.0', 'a')
    expect(await isChanged()).toBe(true)
  })

  it('counts a package as changed if its source has changed since its version was raised', async () => {
    const { commit, isChanged } = await repository()
    await commit('0.0.0', 'a')
    await commit('0.1.0', 'a')
    expect(await isChanged()).toBe(false)
    await commit('0.1.0', 'a', 'only the README')
    expect(await isChanged()).toBe(false)
    await commit('0.1.0', 'b')
    expect(await isChanged()).toBe(true)
    await commit('0.1.1', 'b')
    expect(await isChanged()).toBe(false)
  })
})

it('reads the package names of a changeset', () => {
  const text = `---\n'@keepsake/core': minor\n"keepsake": patch\n---\n\nWords: minor\n`
  expect(namedIn(text)).toEqual(['@keepsake/core', 'keepsake'])
})

it('requires a changeset for each changed package, and package names that exist', () => {
  expect(unnamed({ changed: ['a', 'b'], named: ['a', 'c'], known: ['a', 'b'] })).toEqual([
    'b has changed, but no changeset names it: run pnpm changeset',
    'a changeset names c, which is not a public package',
  ])
})
