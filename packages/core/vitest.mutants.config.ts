import { defineConfig, type ViteUserConfig } from 'vitest/config'

/** For Stryker, which runs the tests in a copy of this folder: nothing outside it can be reached. */
const config: ViteUserConfig = defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/format.test.ts'],
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
})
export default config
