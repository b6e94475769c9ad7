import { describe, expect, it } from 'vitest'
import { type Affected, affectedBy, readWorkspace, tasksOf, type WorkspacePackage } from '../affected.ts'

const packageOf = (
  folder: string,
  dependencies: readonly string[] = [],
  devDependencies: readonly string[] = [],
): WorkspacePackage => {
  return {
    name: folder.replace('packages/', '@keepsake/'),
    folder,
    dependencies,
    devDependencies,
    scripts: ['test'],
  }
}

const PACKAGES = [
  packageOf('packages/core'),
  packageOf('packages/fetch', ['@keepsake/core']),
  packageOf('packages/hono', ['@keepsake/core', '@keepsake/fetch']),
  packageOf('packages/koa', ['@keepsake/core']),
  packageOf('packages/koala', ['@keepsake/core']),
  packageOf('examples/koa-cart', ['@keepsake/koa']),
  packageOf('docs', [], ['@keepsake/koa', '@keepsake/hono']),
  packageOf('bench', [], ['examples/koa-cart']),
  packageOf('examples/tests'),
]

const namesOf = (affected: Affected | undefined) =>
  affected && {
    whole: affected.whole.map(({ folder }) => folder),
    users: affected.users.map(({ folder }) => folder),
  }

const affectedOf = (...files: readonly string[]) => namesOf(affectedBy(files, PACKAGES))

describe('the packages that a change affects', () => {
  it('are the changed package, all that contain it, and those whose tests use one of these', () => {
    expect(affectedOf('packages/koa/src/index.ts')).toEqual({
      whole: ['packages/koa', 'examples/koa-cart'],
      users: ['docs', 'bench', 'examples/tests'],
    })
    expect(affectedOf('packages/fetch/README.md')).toEqual({
      whole: ['packages/fetch', 'packages/hono'],
      users: ['docs'],
    })
  })

  it('are those of each changed file', () => {
    expect(affectedOf('examples/koa-cart/app.ts', 'packages/koala/src/index.ts')).toEqual({
      whole: ['packages/koala', 'examples/koa-cart'],
      users: ['bench', 'examples/tests'],
    })
  })

  it('are the documentation for a page at the root, and none for a changeset', () => {
    expect(affectedOf('README.md')).toEqual({ whole: ['docs'], users: [] })
    expect(affectedOf('.changeset/new.md')).toEqual({ whole: [], users: [] })
    expect(affectedOf()).toEqual({ whole: [], users: [] })
  })

  it.each([
    'turbo.json',
    'vitest.shared.ts',
    '.github/workflows/ci.yml',
    'packages/new.ts',
    'packages/core/src/index.ts',
  ])('are all for %s, which belongs to none, or to one that all others use', (file) => {
    expect(affectedOf('packages/koa/src/index.ts', file)).toBeUndefined()
  })
})

describe('the tasks for a change of one adapter', () => {
  const affected = affectedBy(['packages/koa/src/index.ts'], readWorkspace())
  const tasks = affected === undefined ? [] : tasksOf(affected)

  it('build and test the adapter and its examples, and test its users', () => {
    expect(tasks).toEqual(
      expect.arrayContaining([
        '//#lint',
        '@keepsake/koa#test',
        '@keepsake/koa#built',
        '@keepsake/dbsc#test',
        '@keepsake/security-tests#test',
        'docs#test',
        'example-tests#test',
      ]),
    )
  })

  it('are not those of other adapters, stores and builds', () => {
    for (const name of ['core', 'node-http', 'express', 'next', 'store-file', 'runtimes'])
      expect(tasks.filter((task) => task.startsWith(`@keepsake/${name}#`))).toEqual([])
    expect(tasks).not.toContain('@keepsake/dbsc#built')
  })
})
