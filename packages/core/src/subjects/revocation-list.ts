/** A sid in base64url, and the epoch second from which none of its tokens is valid any more. */
export type Entry = readonly [sid: string, until: number]

/** The revocations of one subject. Times in epoch seconds. */
export interface RevocationList {
  /** Sessions that logged in up to this time have ended, except the spared ones. */
  readonly notBefore: number
  readonly spared: readonly Entry[]
  /** Single sessions that have ended. */
  readonly denied: readonly Entry[]
}

export const NO_REVOCATIONS: RevocationList = Object.freeze({ notBefore: 0, spared: [], denied: [] })

/** The maximum number of sids of each kind in a list: its record stays under 64 KiB. */
export const MAX_ENTRIES = 700

/**
 * A server's clock may be ahead of another's by this many seconds. A login there before a revocation
 * appears later to the revoking server, so the list covers that time too; logins in the meantime are spared by sid.
 */
const CLOCK_SKEW = 60

/** A session that may be on a list. */
export interface RevocableSession {
  readonly sid: string
  readonly created: number
}

export function isRevokedBy(
  { notBefore, spared, denied }: RevocationList,
  { sid, created }: RevocableSession,
): boolean {
  const isNamed = (entries: readonly Entry[]): boolean => entries.some(([name]) => name === sid)
  return isNamed(denied) || (created <= notBefore && !isNamed(spared))
}

/** Ends all sessions at `now` except these. Earlier revocations stay in force. */
export const revokedAll = (list: RevocationList, spared: readonly Entry[], now: number): RevocationList => ({
  notBefore: Math.max(list.notBefore, now + CLOCK_SKEW),
  spared: spared.slice(-MAX_ENTRIES),
  denied: [],
})

/** Above the limit, the sids that were spared first end too: it fails closed. */
export const spare = (list: RevocationList, entry: Entry): RevocationList => ({
  ...list,
  spared: [...list.spared, entry].slice(-MAX_ENTRIES),
})

/** Above the limit, all of the subject's sessions at `now` end too: it fails closed. */
export function deny(list: RevocationList, entry: Entry, now: number): RevocationList {
  if (list.denied.length >= MAX_ENTRIES) return revokedAll(list, [], now)
  return { ...list, denied: [...list.denied, entry] }
}

/** Without the sids that no valid token has any more. */
export const pruned = ({ notBefore, spared, denied }: RevocationList, now: number): RevocationList => ({
  notBefore,
  spared: spared.filter(([, until]) => until > now),
  denied: denied.filter(([, until]) => until > now),
})

/** Merges lists written under several secrets: the latest revocation of all, and every single one. */
export function joined(lists: readonly RevocationList[]): RevocationList {
  const notBefore = Math.max(0, ...lists.map((list) => list.notBefore))
  const last = lists.filter((list) => list.notBefore === notBefore)
  return {
    notBefore,
    spared: last.flatMap(({ spared }) => spared),
    denied: lists.flatMap(({ denied }) => denied),
  }
}

const NAME = 'revoked'

/** Marks a list, so that it is not mistaken for a record. */
export const revocationListText = ({ notBefore, spared, denied }: RevocationList): string =>
  JSON.stringify([NAME, notBefore, spared, denied])

/** Reads a text that `revocationListText` wrote. */
export function readRevocationList(text: string): RevocationList {
  const [name, notBefore, spared, denied] = JSON.parse(text) as [string, number, Entry[], Entry[]]
  if (name !== NAME) throw new TypeError('no revocation list')
  return { notBefore, spared, denied }
}
