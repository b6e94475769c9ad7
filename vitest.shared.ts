import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
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
const { SCHEDULES = '30', CRASHES = '10', RUNS = '100', LOGINS = '120' } = process.env

/** Packages whose tests run others in other processes, where no import shows it: they ask `isAffected`. */
const ASKING = ['docs', 'example-tests', '@keepsake/runtimes']

/**
 * In `pnpm test --affected`, a package that only uses a changed one runs the tests that import a changed file. `AFFECTED` are the
 * packages that run all of theirs.
 */
function changedSince(): string | undefined {
  const { AFFECTED, CHANGED_SINCE, npm_package_name: name = '' } = process.env
  const isWhole = AFFECTED === undefined || [...AFFECTED.split(' '), ...ASKING].includes(name)
  return isWhole ? undefined : CHANGED_SINCE
}

const changed = changedSince()

const NODE_COMPILE_CACHE = fileURLToPath(new URL('node_modules/.cache/compiled', import.meta.url))

/** Whether a file replaces timers, or listens to what the whole process tells. */
const needsQuiet = ({ moduleId }: TestSpecification): number =>
  Number(/vi\.useFakeTimers|\bsubscribe\(/.test(readFileSync(moduleId, 'utf8')))

/** Files share a process: these come first, before any other has left a timer or work there. */
export class QuietFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).toSorted((one, other) => needsQuiet(other) - needsQuiet(one))
  }
}

/** Ten times what the slowest test takes on an idle machine. */
const TIMEOUT_MS = IS_LONG ? 600_000 : 120_000

const config: ViteUserConfig = defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions } },
  // A test that hangs fails, and a machine that is busy does not.
  test: {
    include: ['test/**/*.test.ts'],
    ...(changed !== undefined && { changed }),
    passWithNoTests: process.env['AFFECTED'] !== undefined,
    // To load everything anew for each file took half of the time. No module has a state that a test could leave behind.
    isolate: false,
    sequence: { sequencer: QuietFirst },
    // Node takes the types off by itself, and keeps what it has compiled for the next process, of whichever package.
    experimental: { viteModuleRunner: false, nodeLoader: false },
    env: { SCHEDULES, CRASHES, RUNS, LOGINS, NODE_COMPILE_CACHE },
    testTimeout: TIMEOUT_MS,
    hookTimeout: TIMEOUT_MS,
    // What ran, and how it went, for scripts/check-security.ts.
    reporters: ['default', ['json', { outputFile: '.reports/tests.json' }]],
  },
})
export default config
