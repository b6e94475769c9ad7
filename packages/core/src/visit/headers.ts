import type { Committed, InForce, Mode } from '../modes/mode.ts'
import type { SessionCookie } from '../cookie/cookie.ts'
import type { Plan } from '../record/plan.ts'
import { MAX_AGE_LIMIT } from '../base/time.ts'
import type { Leaving, Setup } from './setup.ts'
import type { SessionState } from '../session/state.ts'

/** A response header that closing a visit asks for. `Cache-Control` yields to one of the application that is as strict. */
export type Header = readonly [
  name: 'Set-Cookie' | 'Vary' | 'Cache-Control' | 'Clear-Site-Data' | 'Secure-Session-Registration',
  value: string,
]

const VARY: Header = Object.freeze(['Vary', 'Cookie'])
const NO_STORE: Header = Object.freeze(['Cache-Control', 'no-store'])
/** The handler has looked at the session, so the response depends on the cookie. */
export const LOOKED: readonly Header[] = Object.freeze([VARY])

/**
 * The response changes the cookie, so no cache may store it. What former definitions have set is deleted first: to a jar that does
 * not tell it from today's, the last line counts. The cookies of other libraries have other names.
 */
const withCookie = (
  line: string,
  { expiry }: SessionCookie,
  leaving: readonly string[] = NO_LINES,
): readonly Header[] => [...[...expiry, line, ...leaving].map(setCookie), VARY, NO_STORE]

const NO_LINES: readonly string[] = Object.freeze([])
const setCookie = (line: string): Header => ['Set-Cookie', line]

interface Rules {
  readonly mode: Pick<Mode, 'valueFor'>
  readonly cookie: SessionCookie
  /** Epoch seconds. */
  readonly now: () => number
}

/** What a plan that writes nothing asks of the response; undefined where the cookie stays as it is. */
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
 * What a commit asks of the response; undefined where that stays as it is. Where another request has given the session a
 * new cookie, none leaves that an earlier commit has asked for. One that lies, or may lie, under a former definition is set
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
  const options = record.permanent !== false ? { maxAge: maxAgeOf(record.expires - now()) } : undefined
  return withCookie(cookie.write(given, options), cookie, leaving?.whenSet)
}

/** What a commit has made of a visit. */
interface Settled {
  readonly setup: Pick<Setup, 'device' | 'now'>
  readonly draft: { readonly state: SessionState }
  /** Of the commits before it. */
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

/** A session that is past the limit it was just given ends with this response: its cookie goes at once. */
const maxAgeOf = (remaining: number): number => Math.min(Math.max(remaining, 0), MAX_AGE_LIMIT)
