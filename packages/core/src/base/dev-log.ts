import { readChoice } from './options.ts'

/** Matches `keepsake` in `NODE_DEBUG`, by Node's own rules. */
const NAMED = /(?:^|,)\s*(?:keepsake|\*)\s*(?:,|$)/i

/**
 * Whether to print a line for each request: if the option or the environment requests it.
 *
 * @throws {ConfigError}
 */
export function readLog(value: unknown): 'dev' | undefined {
  return readChoice('log', value, ['dev']) ?? (NAMED.test(nodeDebug()) ? 'dev' : undefined)
}

/** Deno asks for permission to read the environment, and a refusal is not an error. */
function nodeDebug(): string {
  try {
    return process.env['NODE_DEBUG'] ?? ''
  } catch {
    return ''
  }
}

/** The emphasis of a line; a file or another program gets plain text. */
export type Tone = 'plain' | 'faint' | 'warning' | 'error'

const COLOURS: Readonly<Record<Tone, string>> = {
  plain: '',
  faint: '\u001B[2m',
  warning: '\u001B[33m',
  error: '\u001B[31m',
}
const RESET = '\u001B[0m'

/** Prints a line on standard error, in colour if that is a terminal. */
export function printLine(line: string, tone: Tone): void {
  const colour = isColoured() ? COLOURS[tone] : ''
  console.error(colour === '' ? line : `${colour}${line}${RESET}`)
}

/** Not every runtime has a standard error. Reads the environment last, and safely, as in `nodeDebug`. */
function isColoured(): boolean {
  const { stderr } = process as Partial<typeof process>
  try {
    return stderr?.isTTY === true && (process.env['NO_COLOR'] ?? '') === ''
  } catch {
    return false
  }
}
