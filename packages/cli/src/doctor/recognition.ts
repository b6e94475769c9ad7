import { type Exchange, valuesOf } from './exchange.ts'
import { likenessOf, showsBeginning } from './pages.ts'
import { idIn, payloadOf } from './session-cookie.ts'
import { isDeletion, type SetCookie } from './set-cookie.ts'

/**
 * What an answer shows of whether the application knew the session of a request. `deleted`: it had the cookie removed;
 * `failed`: it answers with an error, and strangers without one.
 */
export type Recognition = 'known' | 'new' | 'deleted' | 'failed' | 'unclear'

export interface Comparison {
  /** The session's cookie as it was sent. */
  readonly sent: SetCookie
  /** How the application answers those who have none. */
  readonly strangers: readonly Exchange[]
  /** The answers to those who have one. */
  readonly visitors: readonly Exchange[]
  /** Whether the page has to show the difference, because somebody has named the request that logs in. */
  readonly mustDiffer: boolean
}

export function recognitionOf(answer: Exchange, comparison: Comparison): Recognition {
  const { sent, strangers, visitors, mustDiffer } = comparison
  if (answer.status >= 400 && strangers.every(({ status }) => status < 400)) return 'failed'
  const likeness = likenessOf(answer, strangers, visitors)
  if (likeness === 'different') return 'known'
  const isAlike = (mustDiffer && likeness === 'alike') || showsBeginning(answer.body)
  const set = lastOf(answer, sent.name)
  if (set === undefined) {
    if (strangers.some((stranger) => lastOf(stranger, sent.name) !== undefined)) return 'known'
    return isAlike ? 'new' : 'unclear'
  }
  if (isDeletion(set)) return 'deleted'
  return isSameSession(sent, set, strangers) ?? (isAlike ? 'new' : 'unclear')
}

/** By the values alone; undefined where they do not tell. */
function isSameSession(
  sent: SetCookie,
  set: SetCookie,
  strangers: readonly Exchange[],
): 'known' | 'new' | undefined {
  const values = strangers.map((stranger) => lastOf(stranger, sent.name)?.value ?? '')
  const payload = payloadOf(set.value)
  if (payload === undefined) {
    const id = idIn(sent.value)
    if (id === undefined) return undefined
    // What stands before the dot may be a prefix that all have.
    const isSame = values.some((value) => idIn(value) === id)
      ? set.value === sent.value
      : idIn(set.value) === id
    return isSame ? 'known' : 'new'
  }
  const begun = new Set(values.map(payloadOf))
  // What every stranger gets alike is data. What nobody else gets names a session, or holds the time.
  if (begun.size === 1) return begun.has(payload) ? undefined : 'known'
  if (payload === payloadOf(sent.value)) return 'known'
  return set.value.length < 16 ? 'new' : undefined
}

const lastOf = ({ cookies }: Exchange, name: string): SetCookie | undefined =>
  cookies.findLast((cookie) => cookie.name === name)

const REASON = /\bsession[^,]*;\s*desc="?([a-z_]+)/

/** The reason that an application in development gives in `Server-Timing`, such as `unknown_key`. */
export const reasonIn = (answer: Exchange): string | undefined =>
  REASON.exec(valuesOf(answer, 'server-timing').join(', '))?.[1]
