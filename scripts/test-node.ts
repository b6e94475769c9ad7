/** Runs the tests of all packages with another Node than the workspace's: `pnpm test:node 22`. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { NODE_LINES, nodeBinary } from '@keepsake/test-nodes'
import { ROOT } from './workspace.ts'

const [given, ...args] = process.argv.slice(2)
const line = NODE_LINES.find((line) => line === given)
if (line === undefined) {
  console.error(`The Node version is missing: pnpm test:node ${NODE_LINES.join(' | ')}`)
  process.exitCode = 2
} else {
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs')
  const { status } = spawnSync(nodeBinary(line), [vitest, 'run', '--dir', 'packages', ...args], {
    cwd: ROOT,
    stdio: 'inherit',
  })
  process.exitCode = status ?? 1
}
