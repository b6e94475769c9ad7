import { parseArgs, type ParseArgsOptionsConfig } from 'node:util'
import { UsageError } from './command.ts'

/** The options of every command. */
export const COMMON = {
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const satisfies ParseArgsOptionsConfig

/**
 * The options and arguments of a command.
 *
 * @throws {UsageError} for an unknown option, or one without its value.
 */
export function readArguments<const O extends ParseArgsOptionsConfig>(args: readonly string[], options: O) {
  try {
    return parseArgs({ args: [...args], options: { ...COMMON, ...options }, allowPositionals: true })
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    // A longer word may be a token.
    const isUnknown = error.message.startsWith('Unknown option')
    const shown = /^Unknown option '.{1,24}'/.exec(error.message)?.[0] ?? 'Unknown option'
    throw new UsageError(isUnknown ? shown : error.message)
  }
}

/** @throws {UsageError} for more arguments than the command uses. */
export function checkWords(words: readonly string[], most: number): void {
  const extra = words[most]
  // Not printed: it may be a token.
  if (extra !== undefined) throw new UsageError(`too many arguments: expected at most ${most}`)
}
