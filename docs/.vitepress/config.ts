import { defineConfig, type UserConfig } from 'vitepress'
import { slugOf } from '../src/links.ts'
import { ROOT } from '../src/pages.ts'
import { rewriteLinks } from './rewrite-links.ts'
import { sidebar } from './sidebar.ts'
import { findVue } from './find-vue.ts'
import { placeOf } from './places.ts'

/** Of two pages that have a word, the one that explains it comes before the one that lists it. */
const guidesFirst = (id: string): number => (id.startsWith('/api/') ? 0.2 : 1)

/** The pages of this repository as a site: where they stand there is said in `places.ts`. */
const config: UserConfig = defineConfig({
  title: 'Keepsake',
  description: 'Sessions and cookies for Express, Koa and node:http',
  lang: 'en',
  srcDir: ROOT,
  srcExclude: [
    '{bench,comparison,examples,node_modules}/**',
    '**/{.blocks,.changeset,.github}/**',
    '**/CHANGELOG.md',
    'packages/*/etc/**',
  ],
  rewrites: placeOf,
  markdown: {
    anchor: { slugify: slugOf },
    config: rewriteLinks,
    theme: { light: 'github-light', dark: 'github-dark' },
  },
  vite: { plugins: [findVue] },
  themeConfig: {
    nav: [
      { text: 'Learn', link: '/sessions-and-cookies' },
      { text: 'Errors', link: '/errors' },
      { text: 'API', link: '/api/' },
    ],
    sidebar: [...sidebar],
    outline: [2, 3],
    search: { provider: 'local', options: { miniSearch: { searchOptions: { boostDocument: guidesFirst } } } },
  },
})
export default config
