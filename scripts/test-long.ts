/*
 * `pnpm test:long`: what `pnpm test` does in moments, for half an hour, and what it leaves out. One thing after the other, for each of
 * them takes all that the machine has; goes on after a failure, and says at the end what has failed.
 */
import { spawnSync } from 'node:child_process'
import { ROOT } from './workspace.ts'

interface Step {
  readonly command: readonly string[]
  /** Left as it is where it is set already. */
  readonly env?: Readonly<Record<string, string>>
}

const consistency = ['pnpm', '--filter', '@keepsake/consistency', 'start']
const tests = ['turbo', 'run', 'test', 'check:packages', '--output-logs=new-only', '--concurrency=1']

const STEPS: readonly Step[] = [
  { command: [...consistency, '--minutes', '0.6'] },
  {
    command: [...consistency, '--store', 'redis', '--store', 'ioredis', '--failover', '--minutes', '0.6'],
  },
  {
    command: tests,
    env: { LONG: '1', SCHEDULES: '2000', CRASHES: '300', RUNS: '2000', TURBO_TELEMETRY_DISABLED: '1' },
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
