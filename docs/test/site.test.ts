import { describe, expect, it } from 'vitest'
import { isForContributors, placeOf } from '../.vitepress/places.ts'
import { sidebar } from '../.vitepress/sidebar.ts'
import { blocksOf } from '../src/blocks.ts'
import { readPages } from '../src/pages.ts'

type Items = typeof sidebar

/** Every link of the sidebar, as the path of a page; links to sections count as links to their page. */
const linksOf = (items: Items): string[] =>
  items
    .flatMap(({ link, items = [] }) => [...(link === undefined ? [] : [link]), ...linksOf(items)])
    .filter((link) => !link.includes('#'))

const linkTo = (path: string): string => `/${placeOf(path)}`.replace(/(?:index)?\.md$/, '')

it('the sidebar of the site has every page once, and no missing page', () => {
  const pages = readPages().map(({ path }) => linkTo(path))
  expect(linksOf(sidebar).sort()).toEqual([...pages, '/api/'].sort())
})

it('the last group of the sidebar has the pages for contributors, and no others', () => {
  const pages = readPages().filter(({ path }) => isForContributors(path))
  expect(linksOf(sidebar.slice(-1)).sort()).toEqual(pages.map(({ path }) => linkTo(path)).sort())
})

it('the sidebar is grouped by what a reader looks for', () => {
  expect(sidebar.map(({ text }) => text)).toEqual(['Learn', 'How to', 'Look up', 'Understand', 'Contribute'])
})

it('each page of the site has a unique path, even on a disk that ignores case', () => {
  const places = readPages().map(({ path }) => placeOf(path).toLowerCase())
  expect(places.filter((place, index) => places.indexOf(place) < index)).toEqual([])
})

describe('the home page of the site', () => {
  const home = readPages().find(({ path }) => path === 'docs/index.md')?.markdown ?? ''

  it('shows each framework in a tab, with code that is run or belongs to a tested file', () => {
    const tabs = blocksOf(home).filter(({ words }) => words.some((word) => word.startsWith('[')))
    expect(tabs.map(({ words }) => words.at(-1))).toEqual([
      '[Express]',
      '[Koa]',
      '[node:http]',
      '[Fastify]',
      '[Hono]',
      '[Next.js]',
      '[fetch]',
    ])
    expect(tabs.filter(({ words: [kind = ''] }) => !/^(?:run|of=packages\/)/.test(kind))).toEqual([])
  })
})
