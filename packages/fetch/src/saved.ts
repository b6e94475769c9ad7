import type { Header } from '@keepsake/core'

/**
 * What `session.save()` had saved before an error ended the request, by the error: the error response needs these headers. They are
 * not on the error itself, because they contain a token and errors are printed.
 */
const saved = new WeakMap<object, readonly Header[]>()

const NONE: readonly Header[] = Object.freeze([])

export function noteSaved(error: unknown, headers: readonly Header[]): void {
  if (typeof error === 'object' && error !== null && headers.length > 0) saved.set(error, headers)
}

export const savedBefore = (error: unknown): readonly Header[] =>
  typeof error === 'object' && error !== null ? (saved.get(error) ?? NONE) : NONE
