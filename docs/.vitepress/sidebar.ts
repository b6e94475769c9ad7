import type { DefaultTheme } from 'vitepress'
import { readPages } from '../src/pages.ts'
import { placeOf } from './places.ts'

type Item = DefaultTheme.SidebarItem

const linkTo = (path: string): string => `/${placeOf(path)}`.replace(/(?:index)?\.md$/, '')

/** The pages that a pattern finds, each under the name that the pattern gives it or, without one, under its heading. */
const pagesLike = (pattern: RegExp): Item[] =>
  readPages().flatMap(({ path, markdown }) => {
    const found = pattern.exec(path)
    if (found === null) return []
    return [{ text: found[1] ?? /^# (.+)$/m.exec(markdown)?.[1] ?? path, link: linkTo(path) }]
  })

/**
 * The pages by a reader's goal, each group in the recommended order of reading. A group that can be folded has a link:
 * without one VitePress makes a button of it, with another button inside.
 */
export const sidebar: readonly Item[] = [
  {
    text: 'Learn',
    items: [
      { text: 'Home', link: '/' },
      { text: 'What it is', link: '/overview' },
      {
        text: 'Getting started',
        items: [
          { text: 'Express', link: '/getting-started/express' },
          { text: 'Koa', link: '/getting-started/koa' },
          { text: 'node:http', link: '/getting-started/node-http' },
          { text: 'Fastify', link: '/getting-started/fastify' },
          { text: 'Hono', link: '/getting-started/hono' },
          { text: 'Next.js', link: '/getting-started/next' },
          { text: 'Fetch handlers', link: '/getting-started/fetch' },
        ],
      },
      { text: 'Sessions and cookies', link: '/sessions-and-cookies' },
      { text: 'Logins', link: '/logins' },
    ],
  },
  {
    text: 'How to',
    items: [
      { text: 'My session is empty', link: '/my-session-is-empty' },
      { text: 'Choose a mode', link: '/choose-a-mode' },
      { text: 'Choose a store', link: '/choose-a-store' },
      { text: 'Run behind a proxy', link: '/behind-a-proxy' },
      { text: 'Make and change secrets', link: '/secrets' },
      { text: 'Bind logins to their device', link: '/device-bound' },
      { text: 'Watch logs, traces and metrics', link: '/observe' },
      { text: 'Test your app', link: '/testing' },
      { text: 'Keep pages and sockets open', link: '/live-pages' },
      { text: 'Move sessions', link: '/moving' },
      { text: 'Come from another library', link: '/coming-from' },
      { text: 'Write a store', link: '/write-a-store' },
      { text: 'Prove a store', link: '/packages/testing/STORES' },
      { text: 'Write an adapter', link: '/write-an-adapter' },
    ],
  },
  {
    text: 'Look up',
    items: [
      { text: 'API', link: '/api/' },
      { text: 'Options', link: '/packages/core#options' },
      { text: 'Errors and events', link: '/errors' },
      { text: 'Works with', link: '/works-with' },
      { text: 'Hosts', link: '/hosts' },
      { text: 'Runtimes', link: '/runtimes' },
      { text: 'Token format', link: '/format/' },
      {
        text: 'Packages',
        link: '/map#packages',
        collapsed: true,
        items: pagesLike(/^packages\/([^/]+)\/README\.md$/),
      },
    ],
  },
  {
    text: 'Understand',
    items: [
      { text: 'Security, promise by promise', link: '/security' },
      { text: 'Threat model', link: '/threat-model' },
      { text: 'Report a hole', link: '/project/security' },
      { text: 'Performance', link: '/performance' },
      { text: 'Scaling', link: '/scaling' },
    ],
  },
  {
    text: 'Contribute',
    link: '/project/contributing',
    collapsed: true,
    items: [
      { text: 'Map of the code, and words', link: '/map' },
      { text: 'For agents', link: '/project/agents' },
      { text: 'Release', link: '/releasing' },
      { text: 'Code of conduct', link: '/project/code_of_conduct' },
      {
        text: 'Decisions',
        link: '/decisions/',
        collapsed: true,
        items: pagesLike(/^docs\/decisions\/\d.*\.md$/),
      },
    ],
  },
]
