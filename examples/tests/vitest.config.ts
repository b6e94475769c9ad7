import { mergeConfig, type ViteUserConfig } from 'vitest/config'
import shared from '../../vitest.shared.ts'

const config: ViteUserConfig = mergeConfig(shared, {
  // Browsers and servers start at their own pace, on a busy machine too. More pages at once would only wait for each
  // other.
  test: { testTimeout: 300_000, hookTimeout: 300_000, maxConcurrency: 4 },
})
export default config
