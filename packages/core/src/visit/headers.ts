import type { Committed, InForce, Mode } from '../modes/mode.ts'
import type { SessionCookie } from '../cookie/cookie.ts'
import type { Plan } from '../record/plan.ts'
import { MAX_AGE_LIMIT } from '../base/time.ts'
import type { Leaving, Setup } from './setup.ts'
import type { SessionState } from '../session/state.ts'

/**
 * A response header from closing a visit. `Cache-Control` yields to the application's if that is equally strict; `Server-Timing`,
 * which only the development log sends, is added to the application's.
 */
export type Header = readonly [
  name:
    | 'Set-Cookie'
    | 'Vary'
    | 'Cache-Control'
    | 'Clear-Site-Data'
    | 'Secure-Session-Registration'
    | 'Server-Timing',
  value: string,
]

const VARY: Header = Object.freeze(['Vary', 'Cookie'])
const NO_STORE: Header = Object.freeze(['Cache-Control', 'no-store'])
/** The handler has used the session, so the response depends on the cookie. */
export const LOOKED: readonly Header[] = Object.freeze([VARY])

/**
 * The response changes the cookie, so no cache may store it. Former definitions' cookies are deleted first: for a client that does
 * not distinguish them from the current one's, the last line counts. Other libraries' cookies have other names.
 */
function withCookie(
  line: string,
  { expiry }: SessionCookie,
  leaving: readonly string[] = NO_LINES,
): readonly Header[] {
  // Most responses set one cookie, and this runs with each write.
  if (expiry.length === 0 && leaving.length === 0) return [setCookie(line), VARY, NO_STORE]
  return [...[...expiry, line, ...leaving].map(setCookie), VARY, NO_STORE]
}

const NO_LINES: readonly string[] = Object.freeze([])
const setCookie = (line: string): Header => ['Set-Cookie', line]

interface Rules {
  readonly mode: Pick<Mode, 'valueFor'>
  readonly cookie: SessionCookie
  /** Epoch seconds. */
  readonly now: () => number
}

/** The headers for a plan that writes nothing; undefined if the cookie stays as it is. */
export function headersOf(
  { cookie }: Pick<Plan, 'cookie'>,
  record: InForce | undefined,
  rules: Rules,
  leaving: Leaving | undefined,
): readonly Header[] | undefined {
  if (cookie === 'leave') return undefined
  const done = { record: cookie === 'set' ? record : undefined, value: undefined }
  return headersAfter(done, rules, leaving, true)
}

/**
 * The headers for a commit; undefined if the cookie stays as it is. If another request has given the session a
 * new cookie, an earlier commit's cookie is not sent. A cookie that has, or may have, a former definition is set
 * with every write.
 */
export function headersAfter(
  { record, value }: Pick<Committed, 'record' | 'value'>,
  { mode, cookie, now }: Rules,
  leaving: Leaving | undefined,
  isMisplaced: boolean,
): readonly Header[] | undefined {
  if (record === undefined) return withCookie(cookie.clear(), cookie, leaving?.whenCleared)
  const given = value ?? (isMisplaced || cookie.hasNamesake ? mode.valueFor(record) : undefined)
  if (given === undefined) return isOwn(record) ? undefined : LOOKED
  const maxAge = record.permanent !== false ? maxAgeOf(record.expires - now()) : undefined
  return withCookie(cookie.line(given, maxAge), cookie, leaving?.whenSet)
}

/** The state of a visit after a commit. */
interface Settled {
  readonly setup: Pick<Setup, 'device' | 'now'>
  readonly draft: { readonly state: SessionState }
  /** The headers of the commits before it. */
  readonly headers: readonly Header[]
}

const ASKING = 'Secure-Session-Registration'
const isAsking = (header: Header): boolean => header[0] === ASKING

/** A login asks the browser for a key, unless its session is bound already or has ended with the same response. */
export function withKeyAsked(
  { setup, draft, headers: earlier }: Settled,
  headers: readonly Header[],
  isLogin: boolean,
): readonly Header[] {
  const { device, now } = setup
  if (device === undefined) return headers
  const { subject, binding, created } = draft.state
  const others = headers.filter((header) => !isAsking(header))
  if (subject === undefined || binding !== undefined || !(isLogin || earlier.some(isAsking))) return others
  return [...others, [ASKING, device.registration({ subject, created }, now())]]
}

const isOwn = ({ place }: InForce): boolean => place === undefined || place.proof === place.row.proof

/** A session past its new limit ends with this response: its cookie is deleted immediately. */
const maxAgeOf = (remaining: number): number => Math.min(Math.max(remaining, 0), MAX_AGE_LIMIT)
