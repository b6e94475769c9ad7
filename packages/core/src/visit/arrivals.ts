import { type Arrival, type Foreign, refusalOf } from '../cookie/arrival.ts'
import { type CookieHeader, cookieValues } from '../cookie/read.ts'
import { andThen, type MaybePromise } from '../base/maybe-promise.ts'
import type { OpenReason } from '../base/reasons.ts'
import { type ArrivalOutcome, Arriving, type ArriveSetup } from './arrive.ts'
import { lookupOf } from './lookup.ts'
import type { Leaving, Lookup } from './setup.ts'

/** Our own cookie may be good, on another server or later; or nothing can be said of it. */
const NOT_OVER: ReadonlySet<OpenReason> = new Set<OpenReason>([
  'unknown_key',
  'issued_in_future',
  'ambiguous_cookie',
  'superseded',
  'header_too_large',
  'store_failed',
  'unfit',
  'unbound',
  'copied',
])

/** Those of which a cookie came with a request; undefined where there is none. */
export function cameWith(
  arrivals: readonly Arrival[],
  header: CookieHeader,
  now: number,
): readonly Arrival[] | undefined {
  const came = arrivals.filter(
    ({ names, until }) => now < until && names.some((name) => cookieValues(header, name, 1).length > 0),
  )
  return came.length === 0 ? undefined : came
}

/**
 * What a request leads to that brought foreign cookies beside what it brought of ours. They are read where no session of ours
 * came that counts; the first one that leads to a session is taken.
 */
export function lookUpArrivals(
  setup: ArriveSetup,
  came: readonly Arrival[],
  own: Lookup,
  header: CookieHeader,
  now: number,
): MaybePromise<Lookup> {
  // What came would be read with the request after a logout.
  const leavingOf = (leaving: readonly Arrival[]): Leaving => ({
    whenSet: leaving.flatMap((one) => one.expiry(header)),
    whenCleared: [...(own.leaving?.whenCleared ?? []), ...came.flatMap((one) => one.expiry(header))],
  })
  if (own.record !== undefined) return { ...own, leaving: leavingOf(came.filter(({ leave }) => leave)) }
  if (NOT_OVER.has(own.reason)) return own

  function lookupAfter(arrival: Arrival, outcome: ArrivalOutcome): Lookup | undefined {
    if (typeof outcome === 'string') {
      setup.trace.arrivalRefused(arrival.names[0], outcome)
      return undefined
    }
    const lookup = lookupOf(outcome, setup.shape)
    if (lookup.record === undefined) return lookup
    return {
      ...lookup,
      reason: 'arrived',
      isMisplaced: true,
      leaving: leavingOf(arrival.leave ? [arrival] : []),
    }
  }

  function* lookups(): Generator<MaybePromise<Lookup | undefined>> {
    for (const arrival of came) {
      for (const foreign of arrival.read(header, now)) {
        const arriving = refusalOf(foreign) ?? new Arriving(setup, arrival, foreign as Foreign, now).run()
        yield andThen(arriving, (outcome) => lookupAfter(arrival, outcome))
      }
    }
  }
  const each = lookups()
  const first = (): MaybePromise<Lookup> => {
    const next = each.next()
    return next.done === true ? own : andThen(next.value, (lookup) => lookup ?? first())
  }
  return first()
}
