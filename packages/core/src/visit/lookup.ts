import type { EagerMode, LazyMode, Loaded } from '../modes/mode.ts'
import type { SessionCookie } from '../cookie/cookie.ts'
import { type CookieHeader, cookieValues, joinHeader, MAX_HEADER_LENGTH } from '../cookie/read.ts'
import { StoreError } from '../base/errors.ts'
import { andThen, type MaybePromise } from '../base/maybe-promise.ts'
import { fieldOf } from '../base/own.ts'
import type { OpenReason } from '../base/reasons.ts'
import { hasControlName } from '../record/control-names.ts'
import type { Shape } from '../record/shape.ts'
import type { Lookup } from './setup.ts'
import { isSuperseded, usableOf } from './usable.ts'

/** At most this many cookies of our name are tried, because each costs an open. */
const MAX_CANDIDATES = 4

/**
 * Cookies that are useless here, but must not be deleted. Another server may have the key of one whose key we do not have,
 * during a rolling deployment; a server with the right clock may accept one from the future. A request that left the browser before a
 * login replaced its cookie has a cookie that the store does not know, or that was revoked: the late response must not delete the new one. Another server, or the next
 * version of this one, may accept data that this schema rejects.
 */
const LEFT_ALONE: ReadonlySet<OpenReason> = new Set<OpenReason>([
  'unknown_key',
  'issued_in_future',
  'ended',
  'superseded',
  'revoked',
  'unfit',
])

const nothing = (reason: OpenReason, discard: boolean): Lookup =>
  Object.freeze({
    reason,
    record: undefined,
    standing: undefined,
    device: undefined,
    withheld: undefined,
    discard,
    isMisplaced: false,
    hasDropped: false,
    leaving: undefined,
    storeMs: undefined,
  })
const NO_COOKIE = nothing('no_cookie', false)
const HEADER_TOO_LARGE = nothing('header_too_large', false)
const AMBIGUOUS = nothing('ambiguous_cookie', true)
const STORE_FAILED = nothing('store_failed', false)
const UNFIT = nothing('unfit', false)

/** The parts of the sessions object that a lookup needs. */
export interface LookupRules {
  readonly cookie: SessionCookie
  readonly shape: Shape
}

/** Opens a record that is in the cookie itself. */
export function lookUpSealed(
  mode: LazyMode,
  { cookie, shape }: LookupRules,
  header: CookieHeader,
  now: number,
): Lookup {
  const values = presentIn(cookie, header)
  if (values === undefined) return HEADER_TOO_LARGE
  const former = formerIn(cookie, header)
  const only = onlyOf(values, former)
  if (only !== undefined) return lookupOf(mode.load(only, now), shape)
  return choose(loadAll(mode, values, now), loadAll(mode, former, now), { cookie, shape })
}

const loadAll = (mode: LazyMode, values: readonly string[], now: number): readonly Loaded[] =>
  values.map((value) => mode.load(value, now))

/**
 * Fetches the cookie's record, to be opened when first used. Synchronous if there is no cookie, or none with the
 * right format.
 */
export function lookUpStored(
  mode: EagerMode,
  { cookie, shape }: LookupRules,
  header: CookieHeader,
  now: number,
): MaybePromise<() => Lookup> {
  const values = presentIn(cookie, header)
  if (values === undefined) return () => HEADER_TOO_LARGE
  const former = formerIn(cookie, header)
  const only = onlyOf(values, former)
  if (only !== undefined) return andThen(fetchFrom(mode, only, now), (look) => () => lookupOf(look(), shape))
  const fetches = [...values, ...former].map((value) => fetchFrom(mode, value, now))
  const choosing = choosingAmong(values.length, { cookie, shape })
  return fetches.every(isHere)
    ? choosing(fetches)
    : Promise.all(fetches.map(async (fetch) => fetch)).then(choosing)
}

/** `present`: how many of the first values have the cookie's current name. */
const choosingAmong = (present: number, rules: LookupRules) => (loads: readonly Load[]) => (): Lookup => {
  const loaded = loads.map((load) => load())
  return choose(loaded.slice(0, present), loaded.slice(present), rules)
}

type Load = () => Loaded

function fetchFrom(mode: EagerMode, value: string, now: number): MaybePromise<Load> {
  if (mode.fetch !== undefined) return mode.fetch(value, now)
  return andThen(mode.load(value, now), (loaded) => () => loaded)
}

const isHere = (fetch: MaybePromise<Load>): fetch is Load => !(fetch instanceof Promise)

/** The visit of a request that continues after the store has failed. */
export function anonymousAfter(error: unknown): () => Lookup {
  if (error instanceof StoreError) return () => STORE_FAILED
  throw error
}

/** The distinct values under the current name; undefined if the header is too long to be read. */
function presentIn({ name }: SessionCookie, header: CookieHeader): readonly string[] | undefined {
  const text = joinHeader(header)
  return text.length > MAX_HEADER_LENGTH ? undefined : distinct(cookieValues(text, name))
}

const NONE: readonly never[] = Object.freeze([])

/** Those under the cookie's former names. */
function formerIn({ formerNames }: SessionCookie, header: CookieHeader): readonly string[] {
  if (formerNames.length === 0) return NONE
  return distinct(formerNames.flatMap((name) => cookieValues(header, name)))
}

const distinct = (values: readonly string[]): readonly string[] =>
  values.length <= 1 ? values : [...new Set(values)].slice(0, MAX_CANDIDATES)

/** Nearly always there is exactly one: then there is nothing to choose. */
const onlyOf = (present: readonly string[], former: readonly string[]): string | undefined =>
  present.length === 1 && former.length === 0 ? present[0] : undefined

/**
 * A browser may send several cookies of one name, in no reliable order (rfc6265bis §4.2.2): the valid one counts. If
 * several are tokens of one session, for example after a change of the cookie's `domain`, the one that was sealed last
 * counts. A superseded cookie counts if none is valid, and a cookie under a former name only if none under the current
 * name does.
 */
function choose(present: readonly Loaded[], former: readonly Loaded[], rules: LookupRules): Lookup {
  const loaded = [...present, ...former]
  const usable = usableOf(present, former)
  if (usable.length > 1) return AMBIGUOUS
  const superseded = loaded.filter(isSuperseded)
  const [first] = [...usable, ...superseded, ...loaded]
  if (first === undefined) return NO_COOKIE
  const lookup = lookupOf(first, rules.shape)
  const isMisplaced =
    lookup.record !== undefined && (former.length > 0 || (present.length > 1 && rules.cookie.hasNamesake))
  const isWanted = loaded.some(({ reason }) => LEFT_ALONE.has(reason))
  return { ...lookup, isMisplaced, discard: lookup.discard && !isWanted }
}

/** The result for one cookie. */
export function lookupOf(loaded: Loaded, shape: Shape): Lookup {
  const { reason, record } = loaded
  const known = record && shape.record(record)
  if (record !== undefined && known === undefined) return UNFIT
  return {
    reason,
    record: known,
    standing: record === undefined ? fieldOf(loaded, 'standing') : undefined,
    device: undefined,
    withheld: undefined,
    discard: record === undefined && !LEFT_ALONE.has(reason),
    isMisplaced: false,
    leaving: undefined,
    hasDropped: known !== record && record !== undefined && hasControlName(record.content.data),
    storeMs: undefined,
  }
}
