import { type Exchange, valuesOf } from './exchange.ts'

/** How the page that a visitor with a session gets compares with what strangers get. */
export type Likeness = 'alike' | 'different' | 'unsteady'

/**
 * `unsteady`: it is another page each time, as with a nonce in it, and no word tells the visitor from a stranger.
 * Strangers have to be asked before and after all others: what is the same in their pages does not go by the clock.
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
  // What no stranger sees, and another answer to the visitor has, too. Numbers may be the time.
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

/** Whether a page of few words seems to speak to somebody who comes for the first time. */
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
