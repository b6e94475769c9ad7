import { type Duration, readDuration } from '../base/duration.ts'
import { ConfigError, wrongOption } from '../base/errors.ts'
import { readOptions } from '../base/options.ts'
import type { ExpiryReason } from '../base/reasons.ts'
import { warn } from '../base/runtime.ts'
import { MAX_AGE_LIMIT, MAX_TIME } from '../base/time.ts'
import type { Permanent } from './metadata.ts'

/** How long sessions live. Checked by the server, whatever the cookie's own attributes say. */
export interface LifetimeOptions {
  /** Ends a session that nobody has used for this long. Default `'1h'`. */
  readonly idle?: Duration | undefined
  /** Ends a session this long after it began, however busy. Default `'24h'`. */
  readonly absolute?: Duration | undefined
  /**
   * The limit of a permanent session, which outlives the browser, from when it began; or two limits, of which `idle` slides
   * while it is used: `{ idle: '14d', absolute: '180d' }`. Default `'31d'`.
   */
  readonly permanent?: Duration | PermanentLimits | undefined
}

/** The limits of a permanent session that slides. */
export interface PermanentLimits {
  /** Ends one that nobody has used for this long; its cookie, too. 400 days at most. */
  readonly idle: Duration
  /** Ends it this long after it began, however busy. */
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
 * At the two higher levels a permanent session outlives the browser, and lasts no longer for it.
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
  /** Infinity where a permanent session does not slide. */
  readonly permanentIdle: number
}

/** When a session began, was last written, and the end that was fixed then; epoch seconds. */
export interface Times {
  readonly created: number
  readonly issued: number
  readonly expires: number
  readonly permanent: Permanent
}

/** The clocks of two servers may differ by this much. An end in time has no such grace (R35). */
const CLOCK_SKEW = 60

/**
 * Reads limits, or the name of a level.
 *
 * @throws {ConfigError} for an unknown level, a limit that is no duration, is under a second, or keeps a cookie for more than 400 days
 * (browsers keep none longer). `Infinity` is allowed for `idle` and each `absolute`, and warned of, once.
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

/** The end of a session with these times: the absolute limit, or the idle limit where it comes first. */
export function endOf(lifetime: Lifetime, created: number, issued: number, permanent: Permanent): number {
  const idleEnd = issued + idleOf(lifetime, permanent)
  return Math.min(created + absoluteOf(lifetime, permanent), idleEnd, MAX_TIME)
}

/**
 * Why a session is over at `now`, or undefined while it lives. Both the end that was fixed when it was written and
 * today's limits count, whichever comes first, so that shortening a limit acts at once (R33).
 */
export function expiryOf(lifetime: Lifetime, times: Times, now: number): ExpiryReason | undefined {
  const { created, issued, expires, permanent } = times
  // Said this way round because a clock that gives no number must not make sessions that never end.
  if (!(issued <= now + CLOCK_SKEW)) return 'issued_in_future'
  if (now >= created + absoluteOf(lifetime, permanent))
    return permanent === false ? 'expired_absolute' : 'expired_permanent'
  if (now >= issued + idleOf(lifetime, permanent)) return 'expired_idle'
  return now >= expires ? 'expired_as_issued' : undefined
}

/**
 * Whether an unchanged session is due to be written again, so that its idle window starts anew. Only after a twentieth
 * of the window and at least a minute, because a write per request is what it would cost otherwise (R36); a window of
 * less than two minutes is renewed at its half.
 */
export function isRenewalDue(lifetime: Lifetime, times: Times, now: number): boolean {
  const { permanent } = times
  const idle = idleOf(lifetime, permanent)
  // A permanent session that does not slide is written too, so that a list of devices knows when it was seen.
  const window = permanent === false ? idle : Math.min(idle, absoluteOf(lifetime, permanent))
  return now - times.issued >= Math.min(Math.max(window / 20, 60), window / 2)
}

/** The end of a session with these times; where its end must not move, no later than it was. */
export function heldEnd(
  lifetime: Lifetime,
  { created, issued, permanent }: Pick<Times, 'created' | 'issued' | 'permanent'>,
  held: Times | undefined,
): number {
  const end = endOf(lifetime, created, issued, permanent)
  return held?.permanent === permanent ? Math.min(held.expires, end) : end
}
