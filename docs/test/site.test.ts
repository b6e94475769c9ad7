import { describe, expect, it } from 'vitest'
import { isForContributors, placeOf } from '../.vitepress/places.ts'
import { sidebar } from '../.vitepress/sidebar.ts'
import { blocksOf } from '../src/blocks.ts'
import { readPages } from '../src/pages.ts'

type Items = typeof sidebar

/** Every link of the sidebar, as the place of a page; links to sections are others to the same page. */
const linksOf = (items: Items): string[] =>
  items
    .flatMap(({ link, items = [] }) => [...(link === undefined ? [] : [link]), ...linksOf(items)])
    .filter((link) => !link.includes('#'))

const linkTo = (path: string): string => `/${placeOf(path)}`.replace(/(?:index)?\.md$/, '')

it('has every page in the sidebar once, and no page there that does not exist', () => {
  const pages = readPages().map(({ path }) => linkTo(path))
  expect(linksOf(sidebar).sort()).toEqual([...pages, '/api/'].sort())
})

it('has the pages for contributors, and no other page, in the last group of the sidebar', () => {
  const pages = readPages().filter(({ path }) => isForContributors(path))
  expect(linksOf(sidebar.slice(-1)).sort()).toEqual(pages.map(({ path }) => linkTo(path)).sort())
})

it('groups the sidebar by what a reader is after', () => {
  expect(sidebar.map(({ text }) => text)).toEqual(['Learn', 'How to', 'Look up', 'Understand', 'Contribute'])
})

it('gives each page a place of its own, also on a disk that ignores case', () => {
  const places = readPages().map(({ path }) => placeOf(path).toLowerCase())
  expect(places.filter((place, index) => places.indexOf(place) < index)).toEqual([])
})

describe('the home page', () => {
  const home = readPages().find(({ path }) => path === 'docs/index.md')?.markdown ?? ''

  it('shows each framework in a tab, by code that is run or is a file that tests run', () => {
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
