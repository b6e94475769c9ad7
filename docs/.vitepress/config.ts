import { join } from 'node:path'
import { defineConfig, type UserConfig } from 'vitepress'
import { slugOf } from '../src/links.ts'
import { ROOT } from '../src/pages.ts'
import { emptyHeads } from './empty-heads.ts'
import { findVue } from './find-vue.ts'
import { mendTheme } from './mend-theme.ts'
import { placeOf } from './places.ts'
import { REPOSITORY, rewriteLinks } from './rewrite-links.ts'
import { search } from './search.ts'
import { sidebar } from './sidebar.ts'

/** The pages of this repository as a site; `places.ts` determines their paths. */
const config: UserConfig = defineConfig({
  title: 'Keepsake',
  description: 'Sessions and cookies for Express, Koa, Fastify, Hono, Next.js, fetch handlers and node:http',
  lang: 'en',
  /** The folder that the site is served from, with a slash at both ends. */
  base: process.env['SITE_BASE'] ?? '/',
  srcDir: ROOT,
  srcExclude: [
    '{bench,comparison,examples,node_modules}/**',
    '**/{.blocks,.changeset,.github}/**',
    '**/CHANGELOG.md',
    'packages/*/{etc,test}/**',
  ],
  rewrites: placeOf,
  transformHead: ({ siteData }) => [
    ['link', { rel: 'icon', type: 'image/svg+xml', href: `${siteData.base}icon.svg` }],
  ],
  // Its smaller headings are those of charts.
  transformPageData: ({ relativePath, frontmatter }) =>
    relativePath === 'performance.md' ? { frontmatter: { ...frontmatter, outline: 2 } } : undefined,
  // VitePress renders this page only with scripts.
  transformHtml: (html, _, { page, siteData }) =>
    page === '404.md'
      ? html.replace(
          '<div id="app"></div>',
          `$&<noscript><main class="vp-doc" style="padding: 24px"><h1>Page not found</h1><a href="${siteData.base}">Home</a></main></noscript>`,
        )
      : html,
  markdown: {
    anchor: { slugify: slugOf },
    config(md) {
      rewriteLinks(md)
      emptyHeads(md)
    },
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
  },
  vite: { plugins: [findVue, mendTheme], publicDir: join(import.meta.dirname, '../public') },
  themeConfig: {
    logo: '/icon.svg',
    nav: [
      { text: 'Learn', link: '/sessions-and-cookies' },
      { text: 'How to', link: '/my-session-is-empty' },
      { text: 'API', link: '/api/' },
    ],
    sidebar: [...sidebar],
    socialLinks: [{ icon: 'github', link: REPOSITORY }],
    outline: [2, 3],
    notFound: {
      title: 'Page not found',
      quote: 'Nothing is at this address. The search knows all pages.',
      linkText: 'Home',
      linkLabel: 'Home',
    },
    search: { provider: 'local', options: search },
  },
})
export default config
