import type { Terminal } from './terminal.ts'

/** What a command knows of the process that runs it. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Where relative names of files start. */
  readonly cwd: string
  /** What is piped in, or nothing where a person sits at a terminal. */
  readonly readInput: () => Promise<string>
  /** Epoch milliseconds. */
  readonly now: number
  readonly terminal: Terminal
}

/** How a command ended. What it refuses, mistakes in how it was called, and what failed on the way are thrown instead. */
export interface Outcome {
  /** 0: done. 1: the answer is no; the text says why. 2: nobody can tell. */
  readonly code: 0 | 1 | 2
  /** For people, without the last line end. */
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
   * @throws {UsageError} when the arguments or the set-up are wrong.
   * @throws {RefusedError} when it would destroy something that nobody has told it to.
   */
  run(args: readonly string[], around: Surroundings): Promise<Outcome>
}

/** The answer is no, and nothing was done: exit code 1. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError'
}

/** The command was called in a wrong way, or lacks what it needs, such as a secret: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** Ended by Ctrl-C: exit code 130. The message says how far it came. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError'
}
