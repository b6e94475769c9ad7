import adapter from '@sveltejs/adapter-node'
import { sveltekit } from '@sveltejs/kit/vite'
import { defaultServerConditions, defineConfig } from 'vite'

export default defineConfig({
  plugins: [sveltekit({ adapter: adapter({ out: 'dist' }) })],
  ssr: { resolve: { conditions: ['@keepsake/source', ...defaultServerConditions] } },
})
