/** Whether a key may have an escape. Also matches some texts with escapes in lists. */
const MAY_HAVE_ESCAPED_KEY = /[{,]\s*"[^"\\]*\\/
const TEXT = /("[^"\\]*(?:\\.[^"\\]*)*")(\s*:)?/g

/**
 * `JSON.parse`, for JSON whose keys others choose. V8 reads a key with an escape as another one, depending on what this
 * process has parsed before (nodejs/node#63785, decision 30): it does not get to see one here.
 *
 * @throws {SyntaxError} for invalid JSON.
 */
export function parseJson(text: string): unknown {
  // Very few texts have a backslash, and the check is fast.
  if (!text.includes('\\') || !MAY_HAVE_ESCAPED_KEY.test(text)) return JSON.parse(text)
  const hidden = text.replace(TEXT, (_, name: string, colon?: string) =>
    colon === undefined ? name : `"${hide(JSON.parse(name) as string)}"${colon}`,
  )
  return withKeys(JSON.parse(hidden))
}

/** A sign in front keeps keys that are numbers in their order. */
const hide = (key: string): string => `=${Buffer.from(key, 'utf16le').toString('hex')}`
const seen = (key: string): string => Buffer.from(key.slice(1), 'hex').toString('utf16le')

function withKeys(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(withKeys)
  // fromEntries defines properties, so a key `__proto__` stays a key.
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [seen(key), withKeys(item)]))
}
