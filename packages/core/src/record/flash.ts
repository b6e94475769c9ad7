/** A message for the next page that reads it. */
export interface FlashMessage {
  /** Random: distinguishes messages with the same words, and a taken message from one that never existed. */
  readonly id: string
  readonly category: string
  readonly message: string
}

export const NO_FLASH: readonly FlashMessage[] = Object.freeze([])

/** The messages of one category are taken together. */
export interface Taken {
  readonly taken: readonly FlashMessage[]
  readonly left: readonly FlashMessage[]
}

/** Takes the messages of a category, or all. */
export function takeFlash(messages: readonly FlashMessage[], category: string | undefined): Taken {
  const isAsked = (message: FlashMessage): boolean => category === undefined || message.category === category
  return { taken: messages.filter(isAsked), left: messages.filter((message) => !isAsked(message)) }
}

/**
 * The messages after two requests have added and taken some: those that both left, then their additions, then
 * mine. Two requests that have taken the same message both show it.
 */
export function mergeFlash(
  base: readonly FlashMessage[],
  mine: readonly FlashMessage[],
  theirs: readonly FlashMessage[],
): readonly FlashMessage[] {
  if (base.length === 0 && mine.length === 0) return theirs
  const [was, my, their] = [idsOf(base), idsOf(mine), idsOf(theirs)] as const
  const left = theirs.filter(({ id }) => my.has(id) || !was.has(id))
  return [...left, ...mine.filter(({ id }) => !was.has(id) && !their.has(id))]
}

const idsOf = (messages: readonly FlashMessage[]): ReadonlySet<string> =>
  new Set(messages.map(({ id }) => id))

/** Messages as JSON: `[id, category, message]` each. */
export const encodeFlash = (messages: readonly FlashMessage[]): readonly (readonly string[])[] =>
  messages.map(({ id, category, message }) => [id, category, message])

/** The messages that `encodeFlash` wrote, or undefined for anything else. */
export function decodeFlash(json: unknown): readonly FlashMessage[] | undefined {
  if (!Array.isArray(json) || !json.every(isTriple)) return undefined
  return json.map(([id, category, message]) => ({ id, category, message }))
}

const isTriple = (item: unknown): item is [string, string, string] =>
  Array.isArray(item) && item.length === 3 && item.every((part) => typeof part === 'string')
