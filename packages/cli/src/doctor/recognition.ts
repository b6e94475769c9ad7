import { type Exchange, valuesOf } from './exchange.ts'
import { likenessOf, showsBeginning } from './pages.ts'
import { idIn, payloadOf } from './session-cookie.ts'
import { isDeletion, type SetCookie } from './set-cookie.ts'

/**
 * Whether a response shows that the application recognized the session. `deleted`: it deleted the cookie;
 * `failed`: it responds with an error, but not to anonymous requests.
 */
export type Recognition = 'known' | 'new' | 'deleted' | 'failed' | 'unclear'

export interface Comparison {
  /** The session's cookie as it was sent. */
  readonly sent: SetCookie
  /** The responses to anonymous requests. */
  readonly strangers: readonly Exchange[]
  /** The responses to requests with the cookie. */
  readonly visitors: readonly Exchange[]
  /** Whether the page must show a difference, because the user named the request that logs in. */
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

/** Judged by the cookie values alone; undefined if they do not show it. */
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
    // The part before the dot may be a prefix common to all values.
    const isSame = values.some((value) => idIn(value) === id)
      ? set.value === sent.value
      : idIn(set.value) === id
    return isSame ? 'known' : 'new'
  }
  const begun = new Set(values.map(payloadOf))
  // A part that all anonymous visitors share is data. A part that only one has is a session id, or a time.
  if (begun.size === 1) return begun.has(payload) ? undefined : 'known'
  if (payload === payloadOf(sent.value)) return 'known'
  return set.value.length < 16 ? 'new' : undefined
}

const lastOf = ({ cookies }: Exchange, name: string): SetCookie | undefined =>
  cookies.findLast((cookie) => cookie.name === name)

const REASON = /\bsession[^,]*;\s*desc="?([a-z_]+)/

/** The reason that an application in development sends in `Server-Timing`, such as `unknown_key`. */
export const reasonIn = (answer: Exchange): string | undefined =>
  REASON.exec(valuesOf(answer, 'server-timing').join(', '))?.[1]
