import { readFileSync } from 'node:fs'
import { type Command, InterruptedError, RefusedError, type Surroundings, UsageError } from './command.ts'
import { doctor } from './commands/doctor.ts'
import { inspect } from './commands/inspect.ts'
import { secret } from './commands/secret.ts'
import { sessions } from './commands/sessions.ts'

const COMMANDS: readonly Command[] = [secret, inspect, doctor, sessions]

const HELP = `Usage: keepsake COMMAND [ARGUMENTS]

${COMMANDS.map(({ name, summary }) => `  ${name.padEnd(10)} ${summary}`).join('\n')}

  help, --help, -h   this help, or the help of a command: keepsake help COMMAND
  --version          the version of this command

Exit codes: 0 success; 1 negative result; 2 wrong usage, missing secret, or inconclusive; 3 failure; 130 stopped by
Ctrl-C.`

/** The output and the exit code. */
export interface End {
  readonly code: number
  readonly out?: string
  readonly error?: string
}

/** The complete command: from its arguments to its output and exit code. */
export async function run(args: readonly string[], around: Surroundings): Promise<End> {
  const [name, ...rest] = args[0] === 'help' ? [args[1] ?? '--help', '--help'] : args
  if (name === '--version') return { code: 0, out: versionOf() }
  if (name === '--help' || name === '-h' || name === 'help') return { code: 0, out: HELP }
  if (name === undefined) return { code: 2, error: HELP }
  const command = COMMANDS.find((command) => command.name === name)
  if (command === undefined) return { code: 2, error: `keepsake: unknown command\n\n${HELP}` }
  const options = rest.includes('--') ? rest.slice(0, rest.indexOf('--')) : rest
  if (options.includes('--help') || options.includes('-h')) return { code: 0, out: command.help }
  try {
    const { code, text, json } = await command.run(rest, around)
    return { code, out: options.includes('--json') ? JSON.stringify(json, undefined, 2) : text }
  } catch (error) {
    return failed(name, error)
  }
}

function failed(name: string, error: unknown): End {
  const message = error instanceof Error ? error.message : String(error)
  if (error instanceof UsageError)
    return { code: 2, error: `keepsake ${name}: ${message}\nSee keepsake ${name} --help.` }
  if (error instanceof InterruptedError) return { code: 130, error: `keepsake ${name}: stopped; ${message}` }
  return { code: error instanceof RefusedError ? 1 : 3, error: `keepsake ${name}: ${message}` }
}

function versionOf(): string {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  return version
}
