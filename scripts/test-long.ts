/*
 * `pnpm test:long`: half an hour of the random tests that `pnpm test` runs for moments, and the tests that it omits. One by one, because
 * each uses the whole machine; continues after a failure, and lists the failures at the end.
 */
import { spawnSync } from 'node:child_process'
import { ROOT } from './workspace.ts'

interface Step {
  readonly command: readonly string[]
  /** Keeps values that are already set. */
  readonly env?: Readonly<Record<string, string>>
}

const consistency = ['pnpm', '--filter', '@keepsake/consistency', 'start']
const turbo = ['turbo', 'run', 'test', 'check:packages']
const tests = [...turbo, '--output-logs=new-only', '--concurrency=1', '--continue=dependencies-successful']

const STEPS: readonly Step[] = [
  { command: [...consistency, '--minutes', '0.6'] },
  {
    command: [...consistency, '--store', 'redis', '--store', 'ioredis', '--failover', '--minutes', '0.6'],
  },
  {
    command: tests,
    env: {
      LONG: '1',
      SCHEDULES: '2000',
      CRASHES: '300',
      RUNS: '2000',
      LOGINS: '1000',
      TURBO_TELEMETRY_DISABLED: '1',
    },
  },
  {
    command: [...tests, '--filter=@keepsake/dbsc'],
    env: { SCHEDULES: '10000', FORGERIES: '100000', TURBO_TELEMETRY_DISABLED: '1' },
  },
  { command: ['pnpm', '--filter', 'docs', 'test:site'] },
  { command: ['pnpm', 'fuzz'], env: { FUZZ_SECONDS: '60' } },
  { command: ['pnpm', '--filter', '@keepsake/arrival', 'fuzz'], env: { CASES: '100000' } },
]

const failed = STEPS.filter(({ command, env }) => {
  const [program = '', ...args] = command
  console.log(`\n> ${command.join(' ')}`)
  return (
    spawnSync(program, args, { cwd: ROOT, stdio: 'inherit', env: { ...env, ...process.env } }).status !== 0
  )
})
for (const { command } of failed) console.error(`✗ ${command.join(' ')}`)
if (failed.length > 0) process.exitCode = 1
