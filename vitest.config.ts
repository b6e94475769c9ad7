import { defineConfig, type ViteUserConfig } from 'vitest/config'
import { QuietFirst } from './vitest.shared.ts'

const config: ViteUserConfig = defineConfig({
  test: {
    sequence: { sequencer: QuietFirst },
    projects: ['packages/*/vitest.config.ts', 'examples/*/vitest.config.ts'],
    coverage: { provider: 'v8', include: ['packages/*/src/**'] },
  },
})
export default config
