import { type Exchange, valuesOf } from './exchange.ts'

/** How the pages of a visitor with a session compare with those of anonymous visitors. */
export type Likeness = 'alike' | 'different' | 'unsteady'

/**
 * `unsteady`: the page changes each time, for example by a nonce, and no word distinguishes the visitor from anonymous visitors.
 * Anonymous requests are made before and after all others, so that text which only changes with time is not mistaken for data.
 */
export function likenessOf(
  answer: Exchange,
  strangers: readonly Exchange[],
  visitors: readonly Exchange[],
): Likeness {
  const pages = new Set(strangers.map(pageOf))
  if (pages.size === 1) return pages.has(pageOf(answer)) ? 'alike' : 'different'
  const [own, ...theirs] = [answer, ...strangers].map(wordsOf)
  if (own === undefined || theirs.length === 0) return 'unsteady'
  const always = [...(theirs[0] ?? [])].filter((word) => theirs.every((words) => words.has(word)))
  // A word in both pages of the visitor and in none of the anonymous ones. Numbers are ignored: they may be the time.
  const others = visitors.filter((one) => one !== answer).map(wordsOf)
  const isForVisitors = (word: string): boolean =>
    !/\d/.test(word) && !theirs.some((words) => words.has(word)) && others.some((words) => words.has(word))
  const isDifferent = always.some((word) => !own.has(word)) || [...own].some(isForVisitors)
  return isDifferent ? 'different' : 'unsteady'
}

const pageOf = (answer: Exchange): string =>
  `${answer.status} ${valuesOf(answer, 'location').join()} ${answer.body}`

const wordsOf = ({ status, body }: Exchange): ReadonlySet<string> =>
  new Set([`${status}`, ...(visibleIn(body).match(/[\p{L}\p{N}]+(?:[.:_-][\p{L}\p{N}]+)*/gu) ?? [])])

/** Whether a short page seems to greet a first-time visitor. */
export function showsBeginning(body: string): boolean {
  const text = visibleIn(body)
  return (
    text.length < 500 &&
    /(?<![\d.])[01](?![\d.])|null|undefined|anonymous|guest|stranger|nobody|\bnew\b|not logged|log ?in|sign ?in/i.test(
      text,
    )
  )
}

const visibleIn = (body: string): string =>
  body
    .replaceAll(/<(script|style|head)\b[^>]*>.*?<\/\1>/gis, ' ')
    .replaceAll(/<[^>]*>/g, ' ')
    .trim()
