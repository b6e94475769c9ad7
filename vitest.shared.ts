import { readFileSync } from 'node:fs'
import { defineConfig, type ViteUserConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

// Tests read the sources of every workspace package, so that they need no build.
const conditions = ['@keepsake/source', 'module', 'node', 'development|production']
const externalConditions = ['@keepsake/source', 'node', 'module-sync']

/** Whether this is `pnpm test:long`, the run of every night, and not the one of every change. */
const IS_LONG = process.env['LONG'] === '1'

/** Test files that only the long run has. */
export const leftToLongRun = (...files: readonly string[]): string[] => (IS_LONG ? [] : [...files])

/** How often chance is tried with a change: often enough for the faults of packages/testing/test/store-faults.test.ts that are not rare. */
const { SCHEDULES = '60', CRASHES = '20', RUNS = '100' } = process.env

const replacesTimers = ({ moduleId }: TestSpecification): number =>
  Number(readFileSync(moduleId, 'utf8').includes('vi.useFakeTimers'))

/** Files share a process: what replaces timers comes first, before any other has left one there. */
export class TimersFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).toSorted((one, other) => replacesTimers(other) - replacesTimers(one))
  }
}

const config: ViteUserConfig = defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions } },
  // A test that hangs fails, and a machine that is busy does not.
  test: {
    include: ['test/**/*.test.ts'],
    // To load everything anew for each file took half of the time. No module has a state that a test could leave behind.
    isolate: false,
    sequence: { sequencer: TimersFirst },
    env: { SCHEDULES, CRASHES, RUNS },
    testTimeout: 600_000,
    hookTimeout: 600_000,
    // What ran, and how it went, for scripts/check-security.ts.
    reporters: ['default', ['json', { outputFile: '.reports/tests.json' }]],
  },
})
export default config
