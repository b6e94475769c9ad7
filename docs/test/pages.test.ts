import { join } from 'node:path'
import { isAffected, reachPostgres, reachRedis } from '@keepsake/test-services'
import { afterAll, describe, expect, it } from 'vitest'
import { wrongCopies } from '../src/copies.ts'
import { deadLinks } from '../src/links.ts'
import { folderOf, modulesOfPage, type Page, readPages } from '../src/pages.ts'
import { createStage } from '../src/runs.ts'
import { checkTypes } from '../src/types.ts'

const servers = { redis: await reachRedis(), postgres: await reachPostgres() }
const pages = readPages()
/** The packages that a page mentions. */
const named = ({ markdown }: Page): readonly string[] => markdown.match(/@keepsake\/[\w-]+/g) ?? []
const tried = pages.filter((page) => isAffected('docs', ...named(page)))
const modules = tried.flatMap((page) =>
  modulesOfPage(page).map((module) => ({
    place: `${page.path}:${module.line}`,
    file: join(folderOf(page), module.file),
    module,
  })),
)

it('the documentation has pages with code', () => {
  expect(pages.map(({ path }) => path)).toContain('README.md')
  expect(pages.flatMap(modulesOfPage).some(({ kind }) => kind === 'run')).toBe(true)
})

it('the documentation has no broken links', () => {
  expect(pages.flatMap(deadLinks)).toEqual([])
})

it('the documentation shows files of applications unchanged', () => {
  expect(pages.flatMap(wrongCopies)).toEqual([])
})

it('the code in the documentation type-checks', async () => {
  expect(await checkTypes(tried)).toEqual([])
})

describe('the documentation shows the real responses and output of its code', () => {
  const stage = createStage({ redis: servers.redis?.url, postgres: servers.postgres?.url })
  afterAll(async () => {
    stage.close()
    await Promise.all([servers.redis?.stop(), servers.postgres?.stop()])
  })

  for (const { place, file, module } of modules.filter(({ module: { kind } }) => kind === 'run'))
    it.skipIf(module.needs.some((service) => servers[service] === undefined))(place, async () => {
      expect(await stage.play(file, module)).toEqual([])
    })
})

for (const { place, file } of modules.filter(({ module }) => module.kind === 'test')) {
  describe(place, async () => void (await import(file)))
}
