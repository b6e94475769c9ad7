import type { AnyResponse } from '../headers/messages.ts'
import type { Args } from './methods.ts'

/**
 * Sets the headers given to `writeHead` on the response, so that ours can be added; `writeHead` itself would
 * replace ours.
 *
 * @returns The remaining arguments for `writeHead`.
 */
export function takeHeaders(response: AnyResponse, args: Args): Args {
  const [status, reason, headers] = args
  const hasReason = typeof reason === 'string'
  setGivenHeaders(response, hasReason ? headers : (headers ?? reason))
  return hasReason ? [status, reason] : [status]
}

/**
 * Sets headers as Node's `writeHead` does: each replaces earlier ones of its name. They are an object, pairs
 * in one list, or a list of pairs; a list may contain a header several times.
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
