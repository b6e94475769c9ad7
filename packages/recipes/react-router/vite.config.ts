import { reactRouter } from '@react-router/dev/vite'
import { defaultServerConditions, defineConfig } from 'vite'

export default defineConfig({
  plugins: [reactRouter()],
  ssr: { resolve: { conditions: ['@keepsake/source', ...defaultServerConditions] } },
})
