import { parseEnv } from 'node:util'
import { UsageError } from './command.ts'

/** The variables that the text of a `.env` file sets, as Node reads it. */
export const variablesOf = (text: string): Readonly<Record<string, string | undefined>> => parseEnv(text)

/**
 * The text with one variable set to `value` and all else as it was: in its place where it is there already, else at
 * the end. `value` needs no quotes.
 *
 * @throws {UsageError} where that cannot be done line by line: the variable is there twice, or its value has several lines.
 */
export function withVariable(text: string, variable: string, value: string): string {
  const changed = replaced(text, variable, `${variable}=${value}`)
  const { [variable]: written, ...others } = variablesOf(changed)
  const { [variable]: _, ...before } = variablesOf(text)
  if (written === value && JSON.stringify(others) === JSON.stringify(before)) return changed
  throw new UsageError(`${variable} cannot be changed without touching other lines; edit the file by hand`)
}

function replaced(text: string, variable: string, line: string): string {
  const lines = text.split('\n')
  const isSet = new RegExp(`^\\s*(?:export\\s+)?${variable}\\s*=`)
  const at = lines.findIndex((line) => isSet.test(line))
  if (lines.findLastIndex((line) => isSet.test(line)) !== at) {
    throw new UsageError(`${variable} is set twice; remove one of the lines`)
  }
  if (at >= 0) return lines.with(at, line + (lines[at]?.endsWith('\r') ? '\r' : '')).join('\n')
  return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${line}\n`
}
