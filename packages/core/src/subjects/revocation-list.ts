/** A sid in base64url, and the epoch second from which no token of it opens any more. */
export type Entry = readonly [sid: string, until: number]

/** What was revoked of one subject. Times in epoch seconds. */
export interface RevocationList {
  /** Sessions that logged in up to here are over, but for those that are spared. */
  readonly notBefore: number
  readonly spared: readonly Entry[]
  /** Single sessions that are over. */
  readonly denied: readonly Entry[]
}

export const NO_REVOCATIONS: RevocationList = Object.freeze({ notBefore: 0, spared: [], denied: [] })

/** Sids that a mark names of each kind, at most: a record of them stays under 64 KiB. */
export const MAX_ENTRIES = 700

/**
 * A server's clock may be ahead of another's by this much, in seconds. What has logged in there before a revocation
 * looks like later to the one that revokes, so the mark reaches as far ahead; and who logs in meanwhile is spared by sid.
 */
const CLOCK_SKEW = 60

/** A session as a mark is held against it. */
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

/** All that there is at `now` is over, but for these. What was denied before is among it. */
export const revokedAll = (mark: RevocationList, spared: readonly Entry[], now: number): RevocationList => ({
  notBefore: Math.max(mark.notBefore, now + CLOCK_SKEW),
  spared: spared.slice(-MAX_ENTRIES),
  denied: [],
})

/** Beyond the bound those that were spared first are over too: it fails closed. */
export const spare = (mark: RevocationList, entry: Entry): RevocationList => ({
  ...mark,
  spared: [...mark.spared, entry].slice(-MAX_ENTRIES),
})

/** Beyond the bound everything that the subject has at `now` is over with it: it fails closed. */
export function deny(mark: RevocationList, entry: Entry, now: number): RevocationList {
  if (mark.denied.length >= MAX_ENTRIES) return revokedAll(mark, [], now)
  return { ...mark, denied: [...mark.denied, entry] }
}

/** Without the sids that no token opens any more. */
export const pruned = ({ notBefore, spared, denied }: RevocationList, now: number): RevocationList => ({
  notBefore,
  spared: spared.filter(([, until]) => until > now),
  denied: denied.filter(([, until]) => until > now),
})

/** What marks that were written under several secrets say together: the last word about all, and every single one. */
export function joined(marks: readonly RevocationList[]): RevocationList {
  const notBefore = Math.max(0, ...marks.map((mark) => mark.notBefore))
  const last = marks.filter((mark) => mark.notBefore === notBefore)
  return {
    notBefore,
    spared: last.flatMap(({ spared }) => spared),
    denied: marks.flatMap(({ denied }) => denied),
  }
}

const NAME = 'mark'

/** A list, so that nobody takes it for a record. */
export const revocationListText = ({ notBefore, spared, denied }: RevocationList): string =>
  JSON.stringify([NAME, notBefore, spared, denied])

/** Of a text that `revocationListText` wrote. */
export function readRevocationList(text: string): RevocationList {
  const [name, notBefore, spared, denied] = JSON.parse(text) as [string, number, Entry[], Entry[]]
  if (name !== NAME) throw new TypeError('no mark of revocations')
  return { notBefore, spared, denied }
}
