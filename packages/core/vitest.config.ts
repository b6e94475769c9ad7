import { defineConfig, mergeConfig, type ViteUserConfig } from 'vitest/config'
import shared from '../../vitest.shared.ts'

const config: ViteUserConfig = mergeConfig(
  shared,
  // Tests listen to the events of the process, and what one has left in the background would be heard by the next.
  defineConfig({ test: { isolate: true, typecheck: { enabled: true, include: ['test/**/*.test-d.ts'] } } }),
)
export default config
