import type { Flash } from '../reading.ts'
import { parseJson } from '../text.ts'

const CATEGORIES: ReadonlyMap<unknown, string> = new Map([
  [10, 'debug'],
  [20, 'info'],
  [25, 'success'],
  [30, 'warning'],
  [40, 'error'],
])

/**
 * The messages that SessionStorage of `django.contrib.messages` keeps in the session, as text. One of
 * them is `['__json_message', is it markup, level, text, extra tags?]`.
 */
export function djangoMessages(value: unknown): Flash[] {
  const list = typeof value === 'string' ? parseJson(value) : []
  if (!Array.isArray(list)) return []
  return list.flatMap((item: unknown) => {
    const [, , level, message] = Array.isArray(item) ? (item as unknown[]) : []
    if (typeof message !== 'string') return []
    return [{ category: CATEGORIES.get(level) ?? 'info', message }]
  })
}
