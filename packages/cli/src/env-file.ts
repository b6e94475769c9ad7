import { parseEnv } from 'node:util'
import { UsageError } from './command.ts'

/** The variables that the text of a `.env` file sets, as Node reads it. */
export const variablesOf = (text: string): Readonly<Record<string, string | undefined>> => parseEnv(text)

/**
 * The text with one variable set to `value` and everything else unchanged: in place if it exists, otherwise at
 * the end. `export` before it and the line breaks are kept. `value` needs no quotes.
 *
 * @throws {UsageError} if that is not possible line by line: the variable is set twice, or its value has several lines.
 */
export function withVariable(text: string, variable: string, value: string): string {
  const changed = replaced(text, variable, value)
  const { [variable]: written, ...others } = variablesOf(changed)
  const { [variable]: _, ...before } = variablesOf(text)
  if (written === value && JSON.stringify(others) === JSON.stringify(before)) return changed
  throw new UsageError(`${variable} cannot be changed without changing other lines; edit the file by hand`)
}

function replaced(text: string, variable: string, value: string): string {
  const lines = text.split('\n')
  const isSet = new RegExp(`^(?<before>\\s*(?:export\\s+)?)${variable}\\s*=`)
  const [found, ...more] = lines.flatMap((line, at) => {
    const before = isSet.exec(line)?.groups?.['before']
    return before === undefined ? [] : [{ at, before, end: line.endsWith('\r') ? '\r' : '' }]
  })
  if (more.length > 0) throw new UsageError(`${variable} is set twice; remove one of the lines`)
  const line = `${variable}=${value}`
  if (found !== undefined) return lines.with(found.at, found.before + line + found.end).join('\n')
  const end = text.includes('\r\n') ? '\r\n' : '\n'
  return `${text}${text === '' || text.endsWith('\n') ? '' : end}${line}${end}`
}
