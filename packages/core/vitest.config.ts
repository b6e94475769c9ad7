import { defineConfig, mergeConfig, type ViteUserConfig } from 'vitest/config'
import shared from '../../vitest.shared.ts'

const config: ViteUserConfig = mergeConfig(
  shared,
  defineConfig({ test: { typecheck: { enabled: true, include: ['test/**/*.test-d.ts'] } } }),
)
export default config
