import { parseJson } from '../text.ts'

export const asText = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
export const asNumber = (value: unknown): number | undefined =>
  typeof value === 'number' ? value : undefined

/** Strings are there to be passed over. */
const STRING_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g
const LONG = /^-?\d{16,}$/

/**
 * What a text of JSON says that Python or Ruby has written, or undefined. They write whole numbers of any length, and what JavaScript
 * reads of a long one is another: the id of another user, perhaps. So one that it cannot hold becomes text.
 */
export const parseExact = (text: string): unknown =>
  parseJson(
    text.replaceAll(STRING_OR_NUMBER, (part) =>
      LONG.test(part) && !Number.isSafeInteger(Number(part)) ? `"${part}"` : part,
    ),
  )
