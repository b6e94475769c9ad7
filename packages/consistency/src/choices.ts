import type { Random } from '../../testing/src/store-random.ts'
import { type How, type Kind, type Question, SLOTS } from './history.ts'

/** The relative frequency of each kind of request. */
const WEIGHTS: readonly (readonly [Kind, number])[] = [
  ['push', 18],
  ['count', 16],
  ['set', 10],
  ['scratch', 5],
  ['flash', 6],
  ['show', 5],
  ['put', 5],
  ['take', 5],
  ['regenerate', 7],
  ['login', 6],
  ['logout', 2],
  ['read', 15],
]
const DECK: readonly Kind[] = WEIGHTS.flatMap(([kind, weight]) => Array.from({ length: weight }, () => kind))
const HOWS: readonly How[] = ['commit', 'commit', 'save', 'insist', 'more']
/** Kinds without an explicit save: like an application, they leave saving to the response. */
const LEFT_TO_RESPONSE: ReadonlySet<Kind> = new Set(['read', 'take', 'logout'])

/** Chooses a tab's next request. `isSealed`: a session in its cookie has no values to take. */
export function choose(random: Random, browser: string, isSealed: boolean): Question {
  const kind = random.pick(DECK)
  if (isSealed && kind === 'take') return choose(random, browser, isSealed)
  return {
    kind,
    how: LEFT_TO_RESPONSE.has(kind) ? 'commit' : random.pick(HOWS),
    slot: random.pick(SLOTS),
    user: `${browser}-${random.pick(['ada', 'ada', 'bob'])}`,
  }
}
