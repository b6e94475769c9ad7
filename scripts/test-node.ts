/** The tests of all packages by another line of Node than the one of the workspace: `pnpm test:node 22`. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { NODE_LINES, nodeBinary } from '@keepsake/test-nodes'
import { ROOT } from './workspace.ts'

const [given, ...args] = process.argv.slice(2)
const line = NODE_LINES.find((line) => line === given)
if (line === undefined) {
  console.error(`Which line of Node? pnpm test:node ${NODE_LINES.join(' | ')}`)
  process.exitCode = 2
} else {
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs')
  const { status } = spawnSync(nodeBinary(line), [vitest, 'run', '--dir', 'packages', ...args], {
    cwd: ROOT,
    stdio: 'inherit',
  })
  process.exitCode = status ?? 1
}
