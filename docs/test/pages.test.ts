import { join } from 'node:path'
import { reachPostgres, reachRedis } from '@keepsake/test-services'
import { afterAll, describe, expect, it } from 'vitest'
import { wrongCopies } from '../src/copies.ts'
import { deadLinks } from '../src/links.ts'
import { folderOf, modulesOfPage, readPages } from '../src/pages.ts'
import { createStage } from '../src/runs.ts'
import { checkTypes } from '../src/types.ts'

const servers = { redis: await reachRedis(), postgres: await reachPostgres() }
const pages = readPages()
const modules = pages.flatMap((page) =>
  modulesOfPage(page).map((module) => ({
    place: `${page.path}:${module.line}`,
    file: join(folderOf(page), module.file),
    module,
  })),
)

it('finds the pages and their code', () => {
  expect(pages.map(({ path }) => path)).toContain('README.md')
  expect(modules.filter(({ module }) => module.kind === 'run').length).toBeGreaterThan(0)
})

it('links to what is there', () => {
  expect(pages.flatMap(deadLinks)).toEqual([])
})

it('shows the files of applications as they are', () => {
  expect(pages.flatMap(wrongCopies)).toEqual([])
})

it('shows code that type-checks', async () => {
  expect(await checkTypes(pages)).toEqual([])
})

describe('shows what the code does', () => {
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
