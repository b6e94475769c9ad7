/** What a text of JSON says; undefined where it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The object that a text of JSON says; undefined for anything else. */
export function parseObject(text: string): Record<string, unknown> | undefined {
  const value = parseJson(text)
  return isObject(value) ? value : undefined
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Percent-decoded; undefined where it cannot be. */
export function percentDecoded(value: string): string | undefined {
  try {
    return decodeURIComponent(value)
  } catch {
    return undefined
  }
}

/** Splits at the last dot; undefined where there is none. */
export function splitAtDot(value: string): readonly [text: string, signature: string] | undefined {
  const dot = value.lastIndexOf('.')
  return dot === -1 ? undefined : [value.slice(0, dot), value.slice(dot + 1)]
}

/** Without the keys that only served the other library. */
export const without = (
  data: Readonly<Record<string, unknown>>,
  isDropped: (key: string) => boolean,
): Record<string, unknown> => Object.fromEntries(Object.entries(data).filter(([key]) => !isDropped(key)))
