import type { EagerMode, LazyMode, Loaded, OpenInForce } from '../modes/mode.ts'
import { hasControlName } from '../session/session.ts'
import type { Cookie } from '../cookie/cookie.ts'
import { type CookieHeader, cookieValues, joinHeader, MAX_HEADER_LENGTH } from '../cookie/read.ts'
import { writeText } from '../record/record.ts'
import { StoreError } from '../base/errors.ts'
import { andThen, type MaybePromise } from '../base/maybe-promise.ts'
import type { OpenReason } from '../base/reasons.ts'
import type { Lookup } from './setup.ts'

/** Cookies of our name past this many are not tried: each costs an open. */
const MAX_CANDIDATES = 4

/**
 * Cookies that are of no use here, and yet not to be deleted. One whose key we do not have may be wanted by another
 * server, in a rolling deploy. One that the store does not know may come from a request that left the browser before a
 * login gave it a new cookie, which the late answer would then delete; and so may one that was revoked.
 */
const LEFT_ALONE: ReadonlySet<OpenReason> = new Set<OpenReason>([
  'unknown_key',
  'ended',
  'superseded',
  'revoked',
])

const nothing = (reason: OpenReason, discard: boolean): Lookup =>
  Object.freeze({ reason, record: undefined, discard })
const NO_COOKIE = nothing('no_cookie', false)
const HEADER_TOO_LARGE = nothing('header_too_large', false)
const AMBIGUOUS = nothing('ambiguous_cookie', false)
const STORE_FAILED = nothing('store_failed', false)

/** Opens what came in the cookie itself. */
export function lookUpSealed(mode: LazyMode, cookie: Cookie, header: CookieHeader, now: number): Lookup {
  const values = candidatesOf(cookie, header)
  if (values === undefined) return HEADER_TOO_LARGE
  const [only] = values
  // Nearly always: then there is nothing to choose from.
  if (values.length === 1 && only !== undefined) return lookupOf(mode.load(only, now))
  return choose(values.map((value) => mode.load(value, now)))
}

/**
 * Fetches what the cookie leads to, to be opened at the first look. There at once where no cookie, or none of the
 * right shape, came.
 */
export function lookUpStored(
  mode: EagerMode,
  cookie: Cookie,
  header: CookieHeader,
  now: number,
): MaybePromise<() => Lookup> {
  const values = candidatesOf(cookie, header)
  if (values === undefined) return () => HEADER_TOO_LARGE
  const [only] = values
  if (values.length === 1 && only !== undefined)
    return andThen(fetchFrom(mode, only, now), (look) => () => lookupOf(look()))
  const fetches = values.map((value) => fetchFrom(mode, value, now))
  return fetches.every(isHere)
    ? choosing(fetches)
    : Promise.all(fetches.map(async (fetch) => fetch)).then(choosing)
}

type Load = () => Loaded

const choosing = (loads: readonly Load[]) => (): Lookup => choose(loads.map((load) => load()))

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
 * A browser may send several cookies of one name, in no order to rely on (rfc6265bis §4.2.2): the valid one counts. A
 * superseded one counts where none is valid.
 */
function choose(loaded: readonly Loaded[]): Lookup {
  const usable = loaded.filter((candidate) => candidate.record !== undefined)
  if (usable.length > 1) return AMBIGUOUS
  const superseded = loaded.filter(({ reason }) => reason === 'superseded')
  const [first] = [...usable, ...superseded, ...loaded]
  if (first === undefined) return NO_COOKIE
  const lookup = lookupOf(first)
  const isWanted = loaded.some(({ reason }) => LEFT_ALONE.has(reason))
  return isWanted && lookup.discard === true ? { ...lookup, discard: false } : lookup
}

/** What one cookie led to. */
function lookupOf(loaded: Loaded): Lookup {
  const { reason, record } = loaded
  if (record === undefined) return { reason, record, discard: !LEFT_ALONE.has(reason) }
  return hasControlName(record.content.data)
    ? { reason, record: withoutControlNames(record), hasDropped: true }
    : loaded
}

/** A version that had no such control wrote the key. Without it, as if it had not been written. */
function withoutControlNames(record: OpenInForce): OpenInForce {
  const entries = Object.entries(record.content.data).filter(([key]) => !hasControlName({ [key]: true }))
  const content = { ...record.content, data: Object.fromEntries(entries) }
  return { ...record, content, text: writeText(content.data, content) }
}
