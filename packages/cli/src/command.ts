import type { Terminal } from './terminal.ts'

/** What a command can use of its process. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  /** The directory for relative file names. */
  readonly cwd: string
  /** The piped input, or undefined at a terminal. */
  readonly readInput: () => Promise<string>
  /** Epoch milliseconds. */
  readonly now: number
  readonly terminal: Terminal
}

/** The result of a command. Refusals, wrong usage and failures are thrown instead. */
export interface Outcome {
  /** 0: done. 1: a negative result; the text says why. 2: inconclusive. */
  readonly code: 0 | 1 | 2
  /** For people, without the final line break. */
  readonly text: string
  /** The same for programs: printed as JSON with `--json`. */
  readonly json: unknown
}

export interface Command {
  readonly name: string
  /** One line in the list of commands. */
  readonly summary: string
  /** The whole page of `keepsake NAME --help`. */
  readonly help: string
  /**
   * @throws {UsageError} for wrong arguments or set-up.
   * @throws {RefusedError} if it would destroy something without an explicit option.
   */
  run(args: readonly string[], around: Surroundings): Promise<Outcome>
}

/** A negative result, and nothing was changed: exit code 1. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError'
}

/** Wrong usage, or something is missing, such as a secret: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** Stopped by Ctrl-C: exit code 130. The message reports the progress. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError'
}
