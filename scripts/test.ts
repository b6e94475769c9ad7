/*
 * `pnpm test`: all checks of a change, through Turborepo, which caches results for unchanged packages. Arguments are passed on.
 *
 * `pnpm test --affected`: the checks that the commits and changes since the main branch, or since TURBO_SCM_BASE, may fail. All
 * checks if they change a file of no package.
 */
import { spawnSync } from 'node:child_process'
import { findProgram } from '@keepsake/test-services'
import { type Affected, affectedBy, readWorkspace, tasksOf } from './affected.ts'
import { run } from './run.ts'
import { ROOT } from './workspace.ts'

/** Builds first: the tests of the Next apps, which take longest, wait for most of them. */
const TASKS = ['build', 'lint', 'test', 'check:packages', 'check:api', 'security', 'hosts']

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
const FLAGS = ['--output-logs=new-only', '--log-file=.turbo/run.json', '--concurrency=200%']

function check(tasks: readonly string[], args: readonly string[], env: NodeJS.ProcessEnv = {}): number {
  const own = { TURBO_TELEMETRY_DISABLED: '1', SERVICES: found.join(' ') }
  return start('turbo', ['run', ...tasks, ...FLAGS, ...args], { ...own, ...env })
}

function start(program: string, args: readonly string[], env: NodeJS.ProcessEnv): number {
  const { status } = spawnSync(program, args, {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  })
  return status ?? 1
}

/** The commit that this branch, or its changes, began with. Undefined if git knows no such branch, as in a clone of another one. */
async function baseOf(): Promise<string | undefined> {
  const { TURBO_SCM_BASE } = process.env
  for (const branch of TURBO_SCM_BASE === undefined ? ['main', 'origin/main'] : [TURBO_SCM_BASE]) {
    const base = await run('git', ['merge-base', branch, 'HEAD'], { cwd: ROOT }).catch(() => undefined)
    if (base !== undefined) return base.trim()
  }
  return undefined
}

/** Committed, changed and new. */
async function filesSince(base: string): Promise<readonly string[]> {
  const changed = await run('git', ['diff', '--name-only', '--no-renames', base], { cwd: ROOT })
  const added = await run('git', ['ls-files', '--others', '--exclude-standard'], { cwd: ROOT })
  return `${changed}${added}`.split('\n').filter((file) => file !== '')
}

function checkAffected(affected: Affected, base: string, args: readonly string[]): number {
  const { whole, users } = affected
  console.log(`changed, or built from what has changed: ${listed(whole)}`)
  console.log(`tested as far as they import a changed file: ${listed(users)}`)
  const AFFECTED = whole.map(({ name }) => name).join(' ')
  const AFFECTED_FOLDERS = [...whole, ...users].map(({ folder }) => folder).join(' ')
  const status = check(tasksOf(affected), args, { AFFECTED, AFFECTED_FOLDERS, CHANGED_SINCE: base })
  return status === 0 ? start(process.execPath, ['scripts/api.ts'], { AFFECTED }) : status
}

const listed = (packages: Affected['whole']): string =>
  packages.length === 0 ? 'none' : packages.map(({ name }) => name).join(', ')

const args = process.argv.slice(2)
if (args.includes('--affected')) {
  const base = await baseOf()
  const affected = base === undefined ? undefined : affectedBy(await filesSince(base), readWorkspace())
  const others = args.filter((arg) => arg !== '--affected')
  const isPart = base !== undefined && affected !== undefined
  process.exitCode = isPart ? checkAffected(affected, base, others) : check(TASKS, others)
} else process.exitCode = check(TASKS, args)
