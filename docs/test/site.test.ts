import { expect, it } from 'vitest'
import { placeOf } from '../.vitepress/places.ts'
import { sidebar } from '../.vitepress/sidebar.ts'
import { readPages } from '../src/pages.ts'

/** Every link of the sidebar, as the place of a page. */
const links = (items: typeof sidebar): string[] =>
  items.flatMap(({ link, items = [] }) => [...(link === undefined ? [] : [link]), ...links(items)])

const placesOf = (pattern: RegExp): string[] =>
  readPages()
    .filter(({ path }) => pattern.test(path))
    .map(({ path }) => `/${placeOf(path)}`.replace(/(?:index)?\.md$/, ''))

it('has every page of the guides and packages in its sidebar, and none that is not there', () => {
  const pages = placesOf(
    /^(?:README|CONTRIBUTING|docs\/[^/]+|docs\/getting-started\/.*|docs\/.*README|packages\/.*)\.md$/,
  )
  expect(
    links(sidebar)
      .filter((link) => link !== '/api/')
      .sort(),
  ).toEqual(pages.sort())
})

it('gives each page a place of its own, also on a disk that knows no case', () => {
  const places = readPages().map(({ path }) => placeOf(path).toLowerCase())
  expect(places.filter((place, index) => places.indexOf(place) < index)).toEqual([])
})
