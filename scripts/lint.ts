/*
 * `pnpm lint`: types and rules, format, unused code, and the imports between packages. In `pnpm test --affected`, types and
 * rules only of the packages that the change affects, in the folders that it has passed on.
 */
import { spawnSync } from 'node:child_process'
import { ROOT } from './workspace.ts'

const folders = (process.env['AFFECTED_FOLDERS'] ?? '').split(' ').filter((folder) => folder !== '')

const CHECKS: readonly (readonly [program: string, ...args: readonly string[]])[] = [
  ['oxlint', '--type-aware', '--type-check', '--deny-warnings', ...folders],
  ['oxfmt', '--check'],
  ['knip'],
  [process.execPath, 'scripts/check-imports.ts'],
]

const isFine = ([program, ...args]: (typeof CHECKS)[number]): boolean =>
  spawnSync(program, args, { cwd: ROOT, stdio: 'inherit' }).status === 0

if (!CHECKS.every(isFine)) process.exitCode = 1
