/*
 * `pnpm test`: all that is checked of a change, by Turborepo, which takes what has not changed from its cache. Arguments go to it:
 * `pnpm test --affected`.
 */
import { spawnSync } from 'node:child_process'
import { findProgram } from '@keepsake/test-services'
import { ROOT } from './workspace.ts'

const TASKS = ['lint', 'test', 'build', 'check:packages', 'check:api', 'security', 'hosts']

/** What tests start where it is installed. A run that has skipped them does not stand for one on a machine that has them. */
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
