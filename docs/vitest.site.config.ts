import { defineConfig, type ViteUserConfig } from 'vitest/config'
import shared from '../vitest.shared.ts'

/** The tests of the site as it is built: `pnpm test:site`. */
const config: ViteUserConfig = defineConfig({
  ...shared,
  test: { ...shared.test, include: ['site-test/*.test.ts'], reporters: ['default'], fileParallelism: false },
})
export default config
