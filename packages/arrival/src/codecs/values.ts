import { parseJson } from '../text.ts'

export const asText = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
export const asNumber = (value: unknown): number | undefined =>
  typeof value === 'number' ? value : undefined

/** Matches strings too, so that digits inside them are skipped. */
const STRING_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g
const LONG = /^-?\d{16,}$/

/**
 * The content of a JSON text written by Python or Ruby, or undefined. They write integers of any length, and JavaScript
 * reads a long one as another number: perhaps another user's id. So an integer that it cannot represent becomes text.
 */
export const parseExact = (text: string): unknown =>
  parseJson(
    text.replaceAll(STRING_OR_NUMBER, (part) =>
      LONG.test(part) && !Number.isSafeInteger(Number(part)) ? `"${part}"` : part,
    ),
  )
