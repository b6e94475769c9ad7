import { mergeConfig, type ViteUserConfig } from 'vitest/config'
import shared from '../../vitest.shared.ts'

const config: ViteUserConfig = mergeConfig(shared, {
  // On a busy machine, browsers and servers start slowly. More pages at the same time would only wait for each
  // other. Two workers, because a browser waits often, and these tests run last, with no others beside them.
  test: { testTimeout: 300_000, hookTimeout: 300_000, maxConcurrency: 4, maxWorkers: 2 },
})
export default config
