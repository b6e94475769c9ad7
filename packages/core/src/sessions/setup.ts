import type { ArriveSetup } from '../visit/arrive.ts'
import type { Setup } from '../visit/setup.ts'
import type { Store } from '../store/store.ts'
import { type Arrival, readArrivals } from '../cookie/arrival.ts'
import { readSessionCookie, type SessionCookieOptions } from '../cookie/session-cookie.ts'
import { createCsrf } from '../guard/csrf.ts'
import { type AssuranceLevel, type LifetimeOptions, readLifetime } from '../record/lifetime.ts'
import type { Conflict, ResolveConflict } from '../record/merge.ts'
import { createKeys } from '../crypto/keys.ts'
import { readSecrets, type SecretsOption } from '../crypto/secrets.ts'
import type { Duration } from '../base/duration.ts'
import { SessionConflictError, wrongOption } from '../base/errors.ts'
import { createTrace, type Trace } from '../base/events.ts'
import { fieldOf, refusePromise } from '../base/own.ts'
import { readChoice, readClock, readOptions, readText } from '../base/options.ts'
import { createPulse } from '../base/pulse.ts'
import type { TimeLimit } from '../base/time-limit.ts'
import { readStorage, startSweep } from './storage.ts'

export interface SessionsOptions {
  /**
   * Newest first: the first seals, all open. Each at least 32 bytes from a random generator. A variable of the environment
   * may stand here as it is, with one secret or with several and commas between them; one that is not set is a
   * {@link ConfigError}.
   */
  readonly secrets: SecretsOption
  readonly cookie?: SessionCookieOptions | undefined
  /**
   * Sessions of other libraries that are taken over, made by the functions of `@keepsake/arrival`: a visitor whose browser has one
   * stays who he is. The first one counts that leads to a session. Default: none.
   */
  readonly arrivals?: readonly Arrival[] | undefined
  /** The three limits, or the level of NIST SP 800-63B-4 that they shall fit. Default: an hour, a day, 31 days. */
  readonly lifetime?: LifetimeOptions | AssuranceLevel | undefined
  /** Keeps the sessions of two applications that share a secret and a cookie name apart. Default: none. */
  readonly audience?: string | undefined
  /** Keeps the sessions; the cookie then holds a random id. Left out: they live sealed in the cookie. */
  readonly store?: Store | undefined
  /** Takes the sessions that have outgrown the cookie, until they fit again. Instead of `store`. */
  readonly overflow?: Store | undefined
  /**
   * Where it is written down which sealed sessions are over, so that a logout ends the copies of a cookie too and a
   * subject's sessions can be revoked; it holds what was revoked, not what lives. `'none'`: a logout may clear the
   * browser's cookie and no more. With neither, that is said once at start-up. Not for sessions in a `store`.
   */
  readonly revocation?: Store | 'none' | undefined
  /**
   * For how long a process goes by what it last read of another process's revocations; 0 asks for every request.
   * Default `'5s'`.
   */
  readonly revocationCache?: Duration | undefined
  /** How many sessions a subject may have at once, in a `store`: one more ends the oldest. Default: any number. */
  readonly maxPerSubject?: number | undefined
  /**
   * How long the store may take for the whole read of one request, and for its whole commit, in milliseconds. Default
   * 2,000. A login, a new id or a new session that is written later than that is undone.
   */
  readonly storeTimeLimit?: number | undefined
  /**
   * What a request gets when the store cannot be read. Default `'fail'`: an error, which frameworks answer with 503.
   * `'anonymous'`: an empty session, as if no cookie had come; what is written into it may then not be saved either.
   */
  readonly whenStoreFails?: 'fail' | 'anonymous' | undefined
  /**
   * Decides where two requests have changed the same place in ways that cannot both stand. Default `'mine'`: the later
   * commit wins. `'fail'`: the later request fails with a 409. A function returns the value that shall stand.
   */
  readonly onConflict?: 'mine' | 'fail' | ((conflict: Conflict) => unknown) | undefined
  /** The clock, in epoch milliseconds; for tests. Default `Date.now`. */
  readonly now?: (() => number) | undefined
}

const OPTIONS = [
  'secrets',
  'cookie',
  'lifetime',
  'audience',
  'store',
  'overflow',
  'revocation',
  'revocationCache',
  'maxPerSubject',
  'storeTimeLimit',
  'whenStoreFails',
  'onConflict',
  'arrivals',
  'now',
] as const satisfies readonly (keyof SessionsOptions)[]

/** Options that were read, checked and frozen. */
export interface CheckedOptions {
  readonly setup: Setup
  readonly whenStoreFails: 'fail' | 'anonymous'
  readonly arrivals: readonly Arrival[]
  readonly arriving: ArriveSetup
  readonly timeLimit: TimeLimit
  readonly close: () => Promise<void>
}

/** @throws {ConfigError} for the first option that is unknown or wrong. */
export function readSetup(given: SessionsOptions): CheckedOptions {
  const options = readOptions('options', given, OPTIONS)
  const secrets = readSecrets('secrets', options['secrets'])
  const cookie = readSessionCookie(options['cookie'])
  const audience = readText('audience', options['audience'] ?? '')
  const keys = createKeys(secrets, cookie.name, audience, cookie.formerNames)
  const lifetime = readLifetime(options['lifetime'])
  const trace = createTrace(cookie.name, keys.logKey)
  const clock = readClock(options['now'])
  const arrivals = readArrivals(options['arrivals'], [cookie.name, ...cookie.formerNames])
  const openUntil = Math.max(0, ...arrivals.map(({ until }) => until))
  const parts = { keys, cookie, lifetime, trace, clock, openUntil }
  const { mode, subjects, stores, ledger, timeLimit } = readStorage(options, parts)
  if (arrivals.length > 0 && ledger === undefined) warnOfReplays()
  const resolve = readConflictRule(options['onConflict'], trace)
  const whenStoreFails =
    readChoice('whenStoreFails', options['whenStoreFails'], ['fail', 'anonymous']) ?? 'fail'
  // Last, so that a wrong option leaves no timer behind.
  const sweeps = stores.map((store) => startSweep(store, clock))
  const pulse = createPulse()
  return Object.freeze<CheckedOptions>({
    setup: Object.freeze<Setup>({
      cookie,
      mode,
      lifetime,
      trace,
      csrf: createCsrf(keys.csrfKeys, keys.fillRandom),
      subjects,
      checkRevokeAll: () => subjects.checkRevokeAll(),
      fillRandom: keys.fillRandom,
      resolve,
      pulse,
      now: () => Math.floor(clock() / 1000),
    }),
    whenStoreFails,
    arrivals,
    arriving: { mode, lifetime, keys: keys.arrivals, ledger, trace, fillRandom: keys.fillRandom },
    timeLimit,
    async close() {
      for (const stop of sweeps) stop()
      pulse.close()
      const closed = await Promise.allSettled(
        stores.map(async (store) => fieldOf(store, 'close')?.call(store)),
      )
      for (const one of closed) if (one.status === 'rejected') throw one.reason
    },
  })
}

function warnOfReplays(): void {
  process.emitWarning('a cookie of another library can be used again after a logout', {
    type: 'KeepsakeWarning',
    code: 'KEEPSAKE_ARRIVAL_REPLAY',
    detail:
      'It arrives each time that it comes, until arrivals end or it is over by itself, and somebody may have copied it. Give store or revocation a store, where it is written down what has arrived.',
  })
}

function readConflictRule(value: unknown, trace: Trace): ResolveConflict {
  const rule = typeof value === 'function' ? (value as ResolveConflict) : ruleNamed(value)
  return (conflict) => {
    trace.conflicted()
    return refusePromise(
      rule(conflict),
      'onConflict: expected the value that shall stand, not a promise of it',
    )
  }
}

function ruleNamed(value: unknown): ResolveConflict {
  if (value === undefined || value === 'mine') return ({ mine }) => mine
  if (value === 'fail') {
    return ({ path }) => {
      throw new SessionConflictError(path)
    }
  }
  throw wrongOption('onConflict', "'mine', 'fail' or a function", value)
}
