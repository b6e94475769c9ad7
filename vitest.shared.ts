import { defineConfig, type ViteUserConfig } from 'vitest/config'

// Tests read the sources of every workspace package, so that they need no build.
const conditions = ['@keepsake/source', 'module', 'node', 'development|production']
const externalConditions = ['@keepsake/source', 'node', 'module-sync']

const config: ViteUserConfig = defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions } },
  // A test that hangs fails, and a machine that is busy does not.
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 600_000,
    hookTimeout: 600_000,
    // What ran, and how it went, for scripts/check-security.ts.
    reporters: ['default', ['json', { outputFile: '.reports/tests.json' }]],
  },
})
export default config
