import { readChoice } from './options.ts'

/** What `NODE_DEBUG` calls it, by Node's own rules. */
const NAMED = /(?:^|,)\s*(?:keepsake|\*)\s*(?:,|$)/i

/**
 * Whether a line is printed for each request: where the option says so, or the environment.
 *
 * @throws {ConfigError}
 */
export function readLog(value: unknown): 'dev' | undefined {
  return readChoice('log', value, ['dev']) ?? (NAMED.test(nodeDebug()) ? 'dev' : undefined)
}

/** Deno asks for leave to read the environment, and to want none is no error. */
function nodeDebug(): string {
  try {
    return process.env['NODE_DEBUG'] ?? ''
  } catch {
    return ''
  }
}

/** How a line stands out; a file or another program gets plain text. */
export type Tone = 'plain' | 'faint' | 'warning' | 'error'

const COLOURS: Readonly<Record<Tone, string>> = {
  plain: '',
  faint: '\u001B[2m',
  warning: '\u001B[33m',
  error: '\u001B[31m',
}
const RESET = '\u001B[0m'

/** Prints a line on standard error, in its colour where that is a terminal. */
export function printLine(line: string, tone: Tone): void {
  const colour = isColoured() ? COLOURS[tone] : ''
  console.error(colour === '' ? line : `${colour}${line}${RESET}`)
}

/** Not every runtime has a standard error; the environment is asked last, as in `nodeDebug`. */
function isColoured(): boolean {
  const { stderr } = process as Partial<typeof process>
  try {
    return stderr?.isTTY === true && (process.env['NO_COLOR'] ?? '') === ''
  } catch {
    return false
  }
}
