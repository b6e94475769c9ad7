import { mergeConfig, type ViteUserConfig } from 'vitest/config'
import shared, { leftToLongRun } from '../../vitest.shared.ts'

// The tests spend most of their time waiting for expiries and failovers.
const config: ViteUserConfig = mergeConfig(shared, {
  test: { maxWorkers: 4, exclude: leftToLongRun('test/pglite.test.ts') },
})
export default config
