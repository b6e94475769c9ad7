import { mergeConfig, type ViteUserConfig } from 'vitest/config'
import shared from '../vitest.shared.ts'

const config: ViteUserConfig = mergeConfig(shared, {
  // The suites that the pages call are tried in full where they belong.
  test: { globalSetup: 'src/write.ts', env: { SCHEDULES: '20' } },
})
export default config
