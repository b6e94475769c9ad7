import type { DefaultTheme } from 'vitepress'
import { readPages } from '../src/pages.ts'

/** Every package that has a README. */
const packages: DefaultTheme.SidebarItem[] = readPages()
  .map(({ path }) => /^packages\/([^/]+)\/README\.md$/.exec(path)?.[1])
  .filter((name) => name !== undefined)
  .map((name) => ({ text: name, link: `/packages/${name}` }))

/** The pages in the order in which they are worth reading. */
export const sidebar: readonly DefaultTheme.SidebarItem[] = [
  {
    text: 'Begin',
    items: [
      { text: 'What it is', link: '/' },
      { text: 'Express', link: '/getting-started/express' },
      { text: 'Koa', link: '/getting-started/koa' },
      { text: 'Fastify', link: '/getting-started/fastify' },
      { text: 'Hono', link: '/getting-started/hono' },
      { text: 'Next.js', link: '/getting-started/next' },
      { text: 'Fetch handlers', link: '/getting-started/fetch' },
      { text: 'node:http', link: '/getting-started/node-http' },
      { text: 'Works with', link: '/works-with' },
      { text: 'Runtimes', link: '/runtimes' },
      { text: 'Hosts', link: '/hosts' },
      { text: 'Coming from another library', link: '/coming-from' },
    ],
  },
  {
    text: 'Learn',
    items: [
      { text: 'Sessions and cookies', link: '/sessions-and-cookies' },
      { text: 'Logins', link: '/logins' },
      { text: 'Testing your app', link: '/testing' },
      { text: 'My session is empty', link: '/my-session-is-empty' },
    ],
  },
  {
    text: 'Run',
    items: [
      { text: 'Choose a mode', link: '/choose-a-mode' },
      { text: 'Choose a store', link: '/choose-a-store' },
      { text: 'Secrets', link: '/secrets' },
      { text: 'Moving', link: '/moving' },
      { text: 'Behind a proxy', link: '/behind-a-proxy' },
      { text: 'Pages that stay open', link: '/live-pages' },
      { text: 'Logs, traces and metrics', link: '/observe' },
      { text: 'Performance', link: '/performance' },
      { text: 'Scaling', link: '/scaling' },
      { text: 'Security', link: '/security' },
      { text: 'Threat model', link: '/threat-model' },
    ],
  },
  {
    text: 'Look up',
    items: [
      { text: 'API', link: '/api/' },
      { text: 'Errors and events', link: '/errors' },
      { text: 'Token format', link: '/format/' },
      {
        text: 'Packages',
        collapsed: true,
        items: packages,
      },
    ],
  },
  {
    text: 'Build',
    items: [
      { text: 'Write a store', link: '/write-a-store' },
      { text: 'Prove a store', link: '/packages/testing/STORES' },
      { text: 'Write an adapter', link: '/write-an-adapter' },
      { text: 'Contribute', link: '/project/contributing' },
      { text: 'Release', link: '/releasing' },
      { text: 'Map of the code, and words', link: '/map' },
      { text: 'Decisions', link: '/decisions/' },
    ],
  },
]
