import type { AnyResponse } from '../headers/messages.ts'
import type { Args } from './methods.ts'

/**
 * Sets the headers that `writeHead` is given on the response, where ours can be added to them; `writeHead` itself would
 * replace ours by its own.
 *
 * @returns What is left to give to `writeHead`.
 */
export function takeHeaders(response: AnyResponse, args: Args): Args {
  const [status, reason, headers] = args
  const hasReason = typeof reason === 'string'
  setGivenHeaders(response, hasReason ? headers : (headers ?? reason))
  return hasReason ? [status, reason] : [status]
}

/**
 * Sets headers as Node's `writeHead` does: each replaces what was set under its name before. They come as an object, as
 * pairs in one list, or as a list of pairs; a list may name a header several times.
 */
export function setGivenHeaders(response: AnyResponse, given: unknown): void {
  if (typeof given !== 'object' || given === null) return
  if (!Array.isArray(given)) {
    for (const [name, value] of Object.entries(given as Record<string, string | string[]>)) {
      response.setHeader(name, value)
    }
    return
  }
  const pairs = pairsOf(given)
  for (const [name] of pairs) response.removeHeader(name)
  for (const [name, value] of pairs) response.appendHeader(name, value)
}

function pairsOf(list: readonly unknown[]): readonly (readonly [string, string | string[]])[] {
  if (Array.isArray(list[0])) return list as [string, string | string[]][]
  const flat = list as readonly (string | string[])[]
  return flat.flatMap((value, index) => (index % 2 === 1 ? [[String(flat[index - 1]), value] as const] : []))
}
