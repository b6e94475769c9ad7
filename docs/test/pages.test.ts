import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { deadLinks } from '../src/links.ts'
import { folderOf, modulesOfPage, readPages } from '../src/pages.ts'
import { createStage } from '../src/runs.ts'
import { checkTypes } from '../src/types.ts'

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

it('shows code that type-checks', async () => {
  expect(await checkTypes(pages)).toEqual([])
})

describe('shows what the code does', () => {
  const stage = createStage()
  afterAll(() => stage.close())

  it.each(modules.filter(({ module }) => module.kind === 'run'))('$place', async ({ file, module }) => {
    expect(await stage.play(file, module)).toEqual([])
  })
})

for (const { place, file } of modules.filter(({ module }) => module.kind === 'test')) {
  describe(place, async () => void (await import(file)))
}
