import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'

export interface RunOptions {
  readonly cwd: string
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>
}

/**
 * Runs a program until it exits, and returns its output.
 *
 * @throws {Error} with the complete output, if the program fails.
 */
export async function run(
  program: string,
  args: readonly string[],
  { cwd, env }: RunOptions,
): Promise<string> {
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = new Promise<number | null>((resolve, reject) =>
    child.on('error', reject).on('close', resolve),
  )
  const [out, errors, code] = await Promise.all([text(child.stdout), text(child.stderr), ended])
  if (code === 0) return out
  throw new Error(`${program} ${args.join(' ')} exited with code ${code}\n${out}${errors}`)
}

/** Prints each problem, and makes the process fail if there is one. */
export function report(what: string, problems: readonly string[]): void {
  for (const problem of problems) console.error(`✗ ${problem}`)
  if (problems.length > 0) process.exitCode = 1
  else console.log(`✓ ${what}`)
}
