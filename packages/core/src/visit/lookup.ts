import type { EagerMode, LazyMode, Loaded } from '../modes/mode.ts'
import type { Cookie } from '../cookie/cookie.ts'
import { type CookieHeader, cookieValues, joinHeader, MAX_HEADER_LENGTH } from '../cookie/read.ts'
import { sidText } from '../crypto/token.ts'
import { StoreError } from '../base/errors.ts'
import { andThen, type MaybePromise } from '../base/maybe-promise.ts'
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
  Object.freeze({ reason, record: undefined, discard, hasDropped: false, storeMs: undefined })
const NO_COOKIE = nothing('no_cookie', false)
const HEADER_TOO_LARGE = nothing('header_too_large', false)
const AMBIGUOUS = nothing('ambiguous_cookie', false)
const STORE_FAILED = nothing('store_failed', false)
const UNFIT = nothing('unfit', false)

/** What a lookup needs of the sessions that it is for. */
export interface LookupRules {
  readonly cookie: Cookie
  readonly shape: Shape
}

/** Opens what came in the cookie itself. */
export function lookUpSealed(
  mode: LazyMode,
  { cookie, shape }: LookupRules,
  header: CookieHeader,
  now: number,
): Lookup {
  const values = candidatesOf(cookie, header)
  if (values === undefined) return HEADER_TOO_LARGE
  const [only] = values
  // Nearly always: then there is nothing to choose from.
  if (values.length === 1 && only !== undefined) return lookupOf(mode.load(only, now), shape)
  const loaded = values.map((value) => mode.load(value, now))
  return choose(loaded, shape)
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
  const values = candidatesOf(cookie, header)
  if (values === undefined) return () => HEADER_TOO_LARGE
  const [only] = values
  if (values.length === 1 && only !== undefined)
    return andThen(fetchFrom(mode, only, now), (look) => () => lookupOf(look(), shape))
  const fetches = values.map((value) => fetchFrom(mode, value, now))
  const choosing = (loads: readonly Load[]) => (): Lookup =>
    choose(
      loads.map((load) => load()),
      shape,
    )
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

/** The different values that came under our name; undefined when the header is too long to be read. */
function candidatesOf(cookie: Cookie, header: CookieHeader): readonly string[] | undefined {
  const text = joinHeader(header)
  if (text.length > MAX_HEADER_LENGTH) return undefined
  const values = cookieValues(text, cookie.name)
  return values.length <= 1 ? values : [...new Set(values)].slice(0, MAX_CANDIDATES)
}

/**
 * A browser may send several cookies of one name, in no order to rely on (rfc6265bis §4.2.2): the valid one counts; of
 * several tokens of one session, as after a change of the cookie's `domain`, the one that was sealed last. A superseded
 * cookie counts where none is valid.
 */
function choose(loaded: readonly Loaded[], shape: Shape): Lookup {
  const usable = newestOfEach(loaded)
  if (usable.length > 1) return AMBIGUOUS
  const superseded = loaded.filter(({ reason }) => reason === 'superseded')
  const [first] = [...usable, ...superseded, ...loaded]
  if (first === undefined) return NO_COOKIE
  const lookup = lookupOf(first, shape)
  const isWanted = loaded.some(({ reason }) => LEFT_ALONE.has(reason))
  return isWanted && lookup.discard ? { ...lookup, discard: false } : lookup
}

/** The valid ones; of those with the same sid only the one that was issued last, or stands last. */
function newestOfEach(loaded: readonly Loaded[]): readonly Loaded[] {
  const newest = new Map<string, Loaded>()
  for (const one of loaded) {
    const { record } = one
    const sid = record && sidText(record.sid)
    const other = sid === undefined ? undefined : newest.get(sid)?.record
    if (record !== undefined && sid !== undefined && (other?.issued ?? 0) <= record.issued)
      newest.set(sid, one)
  }
  return [...newest.values()]
}

/** What one cookie led to. */
function lookupOf({ reason, record }: Loaded, shape: Shape): Lookup {
  const known = record && shape.record(record)
  if (record !== undefined && known === undefined) return UNFIT
  return {
    reason,
    record: known,
    discard: record === undefined && !LEFT_ALONE.has(reason),
    hasDropped: known !== record && record !== undefined && hasControlName(record.content.data),
    storeMs: undefined,
  }
}
