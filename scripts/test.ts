/*
 * `pnpm test`: all checks of a change, through Turborepo, which caches results for unchanged packages. Arguments are passed on:
 * `pnpm test --affected`.
 */
import { spawnSync } from 'node:child_process'
import { findProgram } from '@keepsake/test-services'
import { ROOT } from './workspace.ts'

const TASKS = ['lint', 'test', 'build', 'check:packages', 'check:api', 'security', 'hosts']

/** Programs that tests start if they are installed. A run that skipped them is not a substitute for one that did not. */
const SERVICES = [
  'redis-server',
  'valkey-server',
  'postgres',
  'chromium',
  'chromium-browser',
  'google-chrome',
  'curl',
]

const found = SERVICES.filter((name) => findProgram([name]) !== undefined)
const flags = ['--output-logs=new-only', '--log-file=.turbo/run.json', '--concurrency=200%']
const { status } = spawnSync('turbo', ['run', ...TASKS, ...flags, ...process.argv.slice(2)], {
  cwd: ROOT,
  stdio: 'inherit',
  env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', SERVICES: found.join(' ') },
})
process.exitCode = status ?? 1
