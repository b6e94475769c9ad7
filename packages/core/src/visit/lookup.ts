import type { EagerMode, LazyMode, Loaded } from '../modes/mode.ts'
import type { SessionCookie } from '../cookie/cookie.ts'
import { type CookieHeader, cookieValues, joinHeader, MAX_HEADER_LENGTH } from '../cookie/read.ts'
import { sidText } from '../crypto/token.ts'
import { StoreError } from '../base/errors.ts'
import { andThen, type MaybePromise } from '../base/maybe-promise.ts'
import { fieldOf } from '../base/own.ts'
import type { OpenReason } from '../base/reasons.ts'
import { hasControlName } from '../record/control-names.ts'
import type { Shape } from '../record/shape.ts'
import type { Lookup } from './setup.ts'

/** Cookies of our name past this many are not tried: each costs an open. */
const MAX_CANDIDATES = 4

/**
 * Cookies that are of no use here, and yet not to be deleted. One whose key we do not have may be wanted by another
 * server, in a rolling deploy; one of the future, by a server whose clock is right. One that the store does not know may come from a request that left the browser before a
 * login gave it a new cookie, which the late answer would then delete; and so may one that was revoked. One whose data does not
 * fit may fit another server, or the next version of this one.
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

/** What a lookup needs of the sessions that it is for. */
export interface LookupRules {
  readonly cookie: SessionCookie
  readonly shape: Shape
}

/** Opens what came in the cookie itself. */
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
  const load = (value: string): Loaded => mode.load(value, now)
  return choose(values.map(load), former.map(load), { cookie, shape })
}

/**
 * Fetches what the cookie leads to, to be opened at the first look. There at once where no cookie, or none of the
 * right shape, came.
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
  const choosing = (loads: readonly Load[]) => (): Lookup => {
    const loaded = loads.map((load) => load())
    const { length } = values
    return choose(loaded.slice(0, length), loaded.slice(length), { cookie, shape })
  }
  const fetches = [...values, ...former].map((value) => fetchFrom(mode, value, now))
  return fetches.every(isHere)
    ? choosing(fetches)
    : Promise.all(fetches.map(async (fetch) => fetch)).then(choosing)
}

type Load = () => Loaded

function fetchFrom(mode: EagerMode, value: string, now: number): MaybePromise<Load> {
  if (mode.fetch !== undefined) return mode.fetch(value, now)
  return andThen(mode.load(value, now), (loaded) => () => loaded)
}

const isHere = (fetch: MaybePromise<Load>): fetch is Load => !(fetch instanceof Promise)

/** The visit of a request that goes on although the store has failed. */
export function anonymousAfter(error: unknown): () => Lookup {
  if (error instanceof StoreError) return () => STORE_FAILED
  throw error
}

/** The different values that came under today's name; undefined when the header is too long to be read. */
function presentIn({ name }: SessionCookie, header: CookieHeader): readonly string[] | undefined {
  const text = joinHeader(header)
  return text.length > MAX_HEADER_LENGTH ? undefined : distinct(cookieValues(text, name))
}

const NONE: readonly never[] = Object.freeze([])

/** Those that came under the names that the cookie had. */
function formerIn({ formerNames }: SessionCookie, header: CookieHeader): readonly string[] {
  if (formerNames.length === 0) return NONE
  return distinct(formerNames.flatMap((name) => cookieValues(header, name)))
}

const distinct = (values: readonly string[]): readonly string[] =>
  values.length <= 1 ? values : [...new Set(values)].slice(0, MAX_CANDIDATES)

/** Nearly always there is one: then there is nothing to choose from. */
const onlyOf = (present: readonly string[], former: readonly string[]): string | undefined =>
  present.length === 1 && former.length === 0 ? present[0] : undefined

/**
 * A browser may send several cookies of one name, in no order to rely on (rfc6265bis §4.2.2): the valid one counts; of
 * several tokens of one session, as after a change of the cookie's `domain`, the one that was sealed last. A superseded
 * cookie counts where none is valid. One under a former name counts where none of today's is either.
 */
function choose(
  present: readonly Loaded[],
  former: readonly Loaded[],
  { cookie, shape }: LookupRules,
): Lookup {
  const loaded = [...present, ...former]
  const usable = usableOf(present, former)
  if (usable.length > 1) return AMBIGUOUS
  const superseded = loaded.filter(isSuperseded)
  const [first] = [...usable, ...superseded, ...loaded]
  if (first === undefined) return NO_COOKIE
  const lookup = lookupOf(first, shape)
  const isMisplaced =
    lookup.record !== undefined && (former.length > 0 || (present.length > 1 && cookie.hasNamesake))
  const isWanted = loaded.some(({ reason }) => LEFT_ALONE.has(reason))
  return { ...lookup, isMisplaced, discard: lookup.discard && !isWanted }
}

const isSuperseded = ({ reason }: Loaded): boolean => reason === 'superseded'

/** The sessions that count, each by its newest cookie; of two that are as new, the one of today's name. */
function usableOf(present: readonly Loaded[], former: readonly Loaded[]): readonly Loaded[] {
  const usable = newestOfEach([...former, ...present])
  const sids = new Set(present.map(sidOf))
  const ofPresent = usable.filter((one) => sids.has(sidOf(one)))
  return ofPresent.length > 0 || present.some(isSuperseded) ? ofPresent : usable
}

const sidOf = ({ record }: Loaded): string | undefined => record && sidText(record.sid)

/** The valid ones; of those with the same sid only the one that was issued last, or stands last. */
function newestOfEach(loaded: readonly Loaded[]): readonly Loaded[] {
  const newest = new Map<string, Loaded>()
  for (const one of loaded) {
    const { record } = one
    const sid = sidOf(one)
    const other = sid === undefined ? undefined : newest.get(sid)?.record
    if (record !== undefined && sid !== undefined && (other?.issued ?? 0) <= record.issued)
      newest.set(sid, one)
  }
  return [...newest.values()]
}

/** What one cookie led to. */
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
