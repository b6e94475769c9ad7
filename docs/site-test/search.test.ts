import { globSync } from 'node:fs'
import { join } from 'node:path'
import MiniSearch from 'minisearch'
import { expect, it } from 'vitest'
import { search as config } from '../.vitepress/search.ts'
import { DIST } from './serve.ts'

/** What somebody types, and the page that has to be the first of those that are offered. */
const SEARCHES: readonly (readonly [typed: string, page: RegExp])[] = [
  ['safari', /\/my-session-is-empty\.html/],
  ['supertest', /(?<!packages)\/testing\.html/],
  ['passport', /\/logins\.html#with-passport/],
  ['typescript', /\/getting-started\//],
  ['redis', /\/packages\/store-redis\.html|\/choose-a-store\.html/],
  ['postgres', /\/packages\/store-postgres\.html|\/choose-a-store\.html/],
  ['nginx', /\/behind-a-proxy\.html/],
  ['express-session', /\/coming-from\.html/],
  ['logout', /\/logins\.html/],
  ['next', /\/getting-started\/next\.html/],
  ['session', /\/sessions-and-cookies\.html/],
  ['cookie', /\/sessions-and-cookies\.html/],
  ['install', /\/overview\.html#install/],
  ['fastify', /\/getting-started\/fastify\.html/],
  ['nestjs', /\/works-with\.html#nestjs/],
  ['socket.io', /\/works-with\.html#socketio/],
  ['websocket', /\/live-pages\.html#websockets/],
  ['flask', /\/coming-from\.html#from-flask/],
  ['sqlite', /\/packages\/store-sqlite\.html/],
  ['login', /\/logins\.html/],
  ['flash', /\/logins\.html#show-a-message/],
  ['csrf', /\/logins\.html#requests-that-other-sites-send/],
  ['remember me', /\/sessions-and-cookies\.html#how-long-it-lives/],
  ['encrypt', /\/sessions-and-cookies\.html#what-the-secret-key-is-for/],
  ['secret', /\/secrets\.html/],
  ['localhost', /\/my-session-is-empty\.html/],
  ['cors', /\/my-session-is-empty\.html/],
  ['trust proxy', /\/behind-a-proxy\.html/],
  ['subdomains', /\/behind-a-proxy\.html#one-session-for-several-subdomains/],
  ['bun', /\/runtimes\.html#bun/],
  ['vitest', /(?<!packages)\/testing\.html/],
  ['opentelemetry', /\/observe\.html#opentelemetry/],
  ['options', /\/packages\/core\.html#options/],
  ['SessionClosedError', /\/api\/@keepsake\/core\.html#sessionclosederror/],
  ['createSessions', /\/api\/@keepsake\/core\.html#createsessions/],
]

const [chunk = ''] = globSync(join(DIST, 'assets/chunks/@localSearchIndexroot*.js'))
const { default: json } = (await import(chunk)) as { readonly default: string }
const index = MiniSearch.loadJSON(json, {
  fields: ['title', 'titles', 'text'],
  // As VitePress has it, with what the site adds.
  searchOptions: {
    fuzzy: 0.2,
    prefix: true,
    boost: { title: 4, text: 2, titles: 1 },
    ...config.miniSearch?.searchOptions,
  },
})
const placesFor = (words: string): string[] => index.search(words).map(({ id }) => String(id))

it.each(SEARCHES)('the search offers for %j first a page like %s', (words, page) => {
  expect(placesFor(words)[0]).toMatch(page)
})

it('the search offers no page for contributors', () => {
  const offered = ['wings', 'changeset', 'decided', 'agents', 'contribute'].flatMap(placesFor)
  expect(offered.length).toBeGreaterThan(0)
  expect(
    offered.filter((place) => /\/(?:decisions\/|map|releasing|project\/(?!security))/.test(place)),
  ).toEqual([])
})
