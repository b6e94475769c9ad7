import type { AnyResponse } from './response.ts'

/** The values of a header that is set, one for each line. */
export function linesOf(response: AnyResponse, name: string): string[] {
  const value = response.getHeader(name)
  if (value === undefined) return []
  return Array.isArray(value) ? value : [String(value)]
}

/** The items of a header that is a list, in lower case. */
export const listOf = (response: AnyResponse, name: string): string[] =>
  linesOf(response, name).flatMap((line) => line.split(',').map((item) => item.trim().toLowerCase()))
