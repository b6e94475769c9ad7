import { mergeConfig, type ViteUserConfig } from 'vitest/config'
import shared, { leftToLongRun } from '../../vitest.shared.ts'

// Most of the time goes by in waiting, for deadlines and for failovers.
const config: ViteUserConfig = mergeConfig(shared, {
  test: {
    maxWorkers: 4,
    exclude: leftToLongRun('test/failover.test.ts', 'test/sentinel.test.ts', 'test/valkey-client.test.ts'),
  },
})
export default config
