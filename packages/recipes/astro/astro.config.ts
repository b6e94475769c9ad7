import node from '@astrojs/node'
import { defineConfig } from 'astro/config'
import { defaultServerConditions } from 'vite'

const resolve = { conditions: ['@keepsake/source', ...defaultServerConditions] }

export default defineConfig({
  output: 'server',
  adapter: node({ mode: 'middleware' }),
  vite: { environments: { ssr: { resolve }, prerender: { resolve } } },
})
