/** Builds the dependencies of an example app and runs it: `pnpm example koa-login`. */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

const serverOf = (name: string): string => join(import.meta.dirname, name, 'src/server.ts')
const names = readdirSync(import.meta.dirname).filter((name) => existsSync(serverOf(name)))

/** Builds the packages that the app uses; prints the build's output only if it fails. */
function build(name: string): boolean {
  const task = ['run', 'build', `--filter=example-${name}...`, '--output-logs=errors-only']
  const env = { ...process.env, TURBO_TELEMETRY_DISABLED: '1' }
  const { status, stdout, stderr, error } = spawnSync('turbo', task, { env, encoding: 'utf8' })
  if (status === 0) return true
  console.error(error ?? `${stdout}${stderr}`)
  return false
}

const [name = ''] = process.argv.slice(2)
if (!names.includes(name)) {
  const problem = name === '' ? 'The name is missing' : `There is no example '${name}'`
  console.error(`${problem}: pnpm example ${names.join(' | ')}`)
  process.exitCode = 1
} else {
  console.log('Building the packages…')
  // In this process, so that Ctrl+C reaches only the server.
  if (build(name)) await import(serverOf(name))
  else process.exitCode = 1
}
