import { type Duration, readDuration } from '../base/duration.ts'
import { ConfigError, wrongOption } from '../base/errors.ts'
import { readOptions } from '../base/options.ts'
import type { ExpiryReason } from '../base/reasons.ts'
import { warn } from '../base/runtime.ts'
import { MAX_AGE_LIMIT, MAX_TIME } from '../base/time.ts'
import type { Permanent } from './metadata.ts'

/** How long sessions live. Enforced by the server, whatever the cookie's own attributes say. */
export interface LifetimeOptions {
  /** Ends a session that has not been used for this long. Default `'1h'`. */
  readonly idle?: Duration | undefined
  /** Ends a session this long after it began, even if it is in use. Default `'24h'`. */
  readonly absolute?: Duration | undefined
  /**
   * The limit of a permanent session, which survives closing the browser, counted from its start; or two limits, of which `idle` slides
   * while it is used: `{ idle: '14d', absolute: '180d' }`. Default `'31d'`.
   */
  readonly permanent?: Duration | PermanentLimits | undefined
}

/** The limits of a permanent session that slides. */
export interface PermanentLimits {
  /** Ends a session, and its cookie, that has not been used for this long. 400 days at most. */
  readonly idle: Duration
  /** Ends it this long after it began, even if it is in use. */
  readonly absolute: Duration
}

/**
 * Limits that fit an authentication assurance level of NIST SP 800-63B-4:
 *
 * | | idle | absolute | permanent | section |
 * |---|---|---|---|---|
 * | `'aal1'` | `'30d'` | `'30d'` | `'30d'` | 2.1.3: 30 days over all; inactivity need not end it |
 * | `'aal2'` | `'1h'` | `'24h'` | the same two | 2.2.3: 24 hours over all, 1 hour of inactivity |
 * | `'aal3'` | `'15m'` | `'12h'` | the same two | 2.3.3: 12 hours over all, 15 minutes of inactivity |
 *
 * At the two higher levels a permanent session survives closing the browser, but lasts no longer.
 */
export type AssuranceLevel = 'aal1' | 'aal2' | 'aal3'

const LEVELS: ReadonlyMap<unknown, LifetimeOptions> = new Map<AssuranceLevel, LifetimeOptions>([
  ['aal1', { idle: '30d', absolute: '30d', permanent: '30d' }],
  ['aal2', { idle: '1h', absolute: '24h', permanent: { idle: '1h', absolute: '24h' } }],
  ['aal3', { idle: '15m', absolute: '12h', permanent: { idle: '15m', absolute: '12h' } }],
])

/** The limits in seconds. */
export interface Lifetime {
  readonly idle: number
  readonly absolute: number
  readonly permanent: number
  /** Infinity if a permanent session does not slide. */
  readonly permanentIdle: number
}

/** When a session began and was last written, and its expiry fixed then; epoch seconds. */
export interface Times {
  readonly created: number
  readonly issued: number
  readonly expires: number
  readonly permanent: Permanent
}

/** The clocks of two servers may differ by this much. An expiry has no such tolerance (R35). */
const CLOCK_SKEW = 60

/**
 * Reads limits, or the name of a level.
 *
 * @throws {ConfigError} for an unknown level, an invalid limit, one under a second, or a cookie of more than 400 days
 * (the browsers' maximum). `Infinity` is allowed for `idle` and each `absolute`, with one warning.
 */
export function readLifetime(value: unknown): Lifetime {
  if (typeof value === 'string' && !LEVELS.has(value)) {
    throw wrongOption('lifetime', "limits, or 'aal1', 'aal2' or 'aal3'", value)
  }
  const options = readOptions('lifetime', LEVELS.get(value) ?? value, ['idle', 'absolute', 'permanent'])
  const lifetime: Lifetime = Object.freeze({
    idle: readLimit('lifetime.idle', options['idle'] ?? '1h', Infinity),
    absolute: readLimit('lifetime.absolute', options['absolute'] ?? '24h', Infinity),
    ...readPermanent(options['permanent'] ?? '31d'),
  })
  const { idle, absolute, permanent } = lifetime
  if (Math.max(idle, absolute, permanent) === Infinity) {
    warn({
      code: 'KEEPSAKE_ENDLESS_SESSION',
      message: 'a session without an idle or absolute limit stays valid for anyone who copies its cookie',
      detail: 'A limit in lifetime is Infinity: set a duration.',
    })
  }
  return lifetime
}

function readPermanent(value: unknown): Pick<Lifetime, 'permanent' | 'permanentIdle'> {
  const option = 'lifetime.permanent'
  if (typeof value !== 'object')
    return { permanent: readLimit(option, value, MAX_AGE_LIMIT), permanentIdle: Infinity }
  const { idle, absolute } = readOptions(option, value, ['idle', 'absolute'])
  return {
    permanent: readLimit(`${option}.absolute`, absolute, Infinity),
    permanentIdle: readLimit(`${option}.idle`, idle, MAX_AGE_LIMIT),
  }
}

function readLimit(option: string, value: unknown, most: number): number {
  const seconds = readDuration(option, value)
  if (seconds < 1) throw new ConfigError(option, 'expected at least one second')
  if (seconds > most)
    throw new ConfigError(option, `at most 400 days (${most} seconds; a number means seconds)`)
  return seconds
}

const idleOf = (lifetime: Lifetime, permanent: Permanent): number =>
  permanent === false ? lifetime.idle : lifetime.permanentIdle

function absoluteOf(lifetime: Lifetime, permanent: Permanent): number {
  if (permanent === false) return lifetime.absolute
  return permanent === true ? lifetime.permanent : Math.min(permanent, lifetime.permanent)
}

/** When a session with these times expires: at the absolute limit, or the idle limit if that is earlier. */
export function endOf(lifetime: Lifetime, created: number, issued: number, permanent: Permanent): number {
  const idleEnd = issued + idleOf(lifetime, permanent)
  return Math.min(created + absoluteOf(lifetime, permanent), idleEnd, MAX_TIME)
}

/**
 * Why a session has expired at `now`, or undefined if it has not. Both the expiry fixed when it was written and
 * today's limits count, whichever is earlier, so that a shorter limit takes effect immediately (R33).
 */
export function expiryOf(lifetime: Lifetime, times: Times, now: number): ExpiryReason | undefined {
  const { created, issued, expires, permanent } = times
  // The comparisons are written so that a clock that returns no number ends sessions instead of keeping them forever.
  if (!(issued <= now + CLOCK_SKEW)) return 'issued_in_future'
  if (now >= created + absoluteOf(lifetime, permanent))
    return permanent === false ? 'expired_absolute' : 'expired_permanent'
  if (now >= issued + idleOf(lifetime, permanent)) return 'expired_idle'
  return now >= expires ? 'expired_as_issued' : undefined
}

/**
 * Whether an unchanged session is due to be written again, to extend its idle window. Only after a twentieth
 * of the window and at least a minute, to avoid a write per request (R36); a window of
 * less than two minutes is renewed at its half.
 */
export function isRenewalDue(lifetime: Lifetime, times: Times, now: number): boolean {
  const { permanent } = times
  const idle = idleOf(lifetime, permanent)
  // A permanent session that does not slide is written too, so that a list of devices shows when it was last used.
  const window = permanent === false ? idle : Math.min(idle, absoluteOf(lifetime, permanent))
  return now - times.issued >= Math.min(Math.max(window / 20, 60), window / 2)
}

/** When a session with these times expires; no later than before if its expiry must not move. */
export function heldEnd(
  lifetime: Lifetime,
  { created, issued, permanent }: Pick<Times, 'created' | 'issued' | 'permanent'>,
  held: Times | undefined,
): number {
  const end = endOf(lifetime, created, issued, permanent)
  return held?.permanent === permanent ? Math.min(held.expires, end) : end
}
