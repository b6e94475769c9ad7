import { parseJson } from '@keepsake/core/sealer'
import type { Flash } from '../reading.ts'

/** What marks a message among the JSON of `django.contrib.messages`: `[mark, is it markup, level, text, extra tags?]`. */
const MARK = '__json_message'

const CATEGORIES: ReadonlyMap<unknown, string> = new Map([
  [10, 'debug'],
  [20, 'info'],
  [25, 'success'],
  [30, 'warning'],
  [40, 'error'],
])

/**
 * The messages that SessionStorage of `django.contrib.messages` keeps in the session, as text.
 *
 * @throws {SyntaxError} for what is no JSON.
 */
export function djangoMessages(value: unknown): Flash[] {
  const list = typeof value === 'string' ? parseJson(value) : []
  if (!Array.isArray(list)) return []
  return list.flatMap((item: unknown) => {
    const [mark, , level, message] = Array.isArray(item) ? (item as unknown[]) : []
    if (mark !== MARK || typeof message !== 'string') return []
    return [{ category: CATEGORIES.get(level) ?? 'info', message }]
  })
}
