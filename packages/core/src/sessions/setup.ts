import type { Accept } from '../visit/accept.ts'
import type { ArriveSetup } from '../visit/arrive.ts'
import { LOG_HEADING } from '../visit/log-line.ts'
import type { Setup } from '../visit/setup.ts'
import { type Arrival, readArrivals } from '../cookie/arrival.ts'
import { readSessionCookie } from '../cookie/session-cookie.ts'
import { createCsrf } from '../guard/csrf.ts'
import { readLifetime } from '../record/lifetime.ts'
import type { ResolveConflict } from '../record/merge.ts'
import { readShape } from '../record/shape.ts'
import { createKeys, type Keys } from '../crypto/keys.ts'
import { createStamps } from '../crypto/stamp.ts'
import { withStampCache } from '../crypto/stamp-cache.ts'
import { createDeviceProofs, type DeviceProofs } from '../device/proofs.ts'
import { readDeviceBound } from '../device/options.ts'
import type { SessionCookie } from '../cookie/cookie.ts'
import { readSecrets } from '../crypto/secrets.ts'
import { SessionConflictError, wrongOption } from '../base/errors.ts'
import { createTrace, type Trace } from '../base/trace.ts'
import { fieldOf, refusePromise } from '../base/own.ts'
import { readChoice, readClock, readFunction, readText } from '../base/options.ts'
import { printLine, readLog } from '../base/dev-log.ts'
import { createPulse } from '../base/pulse.ts'
import type { Everyone } from '../subjects/everyone.ts'
import type { TimeLimit } from '../base/time-limit.ts'
import { readStorage } from './storage.ts'
import { startSweep } from './sweep.ts'

/** Options that were read, checked and frozen. */
export interface CheckedOptions {
  readonly setup: Setup
  readonly whenStoreFails: 'fail' | 'anonymous'
  /** Undefined if logins are not bound to devices. */
  readonly device: DeviceProofs | undefined
  readonly arrivals: readonly Arrival[]
  readonly arriving: ArriveSetup
  readonly everyone: Everyone
  readonly isVolatile: boolean
  readonly timeLimit: TimeLimit
  readonly log: 'dev' | undefined
  readonly close: () => Promise<void>
}

/** @throws {ConfigError} for the first option that is unknown or wrong. */
export function readSetup(options: Readonly<Record<string, unknown>>): CheckedOptions {
  const secrets = readSecrets('secrets', options['secrets'])
  const cookie = readSessionCookie(options['cookie'])
  const audience = readText('audience', options['audience'] ?? '')
  const keys = createKeys(secrets, cookie.name, audience, cookie.formerNames)
  const lifetime = readLifetime(options['lifetime'])
  const shape = readShape(options)
  const log = readLog(options['log'])
  const trace = createTrace(cookie.name, keys.logKey, log && 'always')
  const clock = readClock(options['now'])
  const arrivals = readArrivals(options['arrivals'], [cookie.name, ...cookie.formerNames])
  const openUntil = Math.max(0, ...arrivals.map(({ until }) => until))
  const parts = { keys, cookie, lifetime, trace, clock, openUntil }
  const { mode, subjects, everyone, stores, ledger, timeLimit } = readStorage(options, parts)
  if (arrivals.length > 0 && ledger === undefined) warnOfReplays()
  const resolve = readConflictRule(options['onConflict'], trace)
  const whenStoreFails =
    readChoice('whenStoreFails', options['whenStoreFails'], ['fail', 'anonymous']) ?? 'fail'
  if (log !== undefined) printLine(LOG_HEADING, 'faint')
  const device = readDevice(options, cookie, keys)
  // Last, so that a wrong option leaves no timer behind.
  const sweeps = stores.map((store) => startSweep(store, clock))
  const pulse = createPulse()
  return Object.freeze<CheckedOptions>({
    setup: Object.freeze<Setup>({
      cookie,
      mode,
      lifetime,
      shape,
      version: shape.version,
      device,
      accept: readFunction('accept', options['accept']) as Accept | undefined,
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
    device,
    everyone,
    isVolatile: stores.some((store) => fieldOf(store, 'isVolatile') === true),
    arriving: { mode, shape, lifetime, keys: keys.arrivals, ledger, trace, fillRandom: keys.fillRandom },
    timeLimit,
    log,
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

/** If logins are not bound to devices, no keys are derived for that. */
function readDevice(
  options: Readonly<Record<string, unknown>>,
  cookie: SessionCookie,
  keys: Keys,
): DeviceProofs | undefined {
  const { deviceBound } = options
  if (deviceBound === undefined) return undefined
  return createDeviceProofs(
    readDeviceBound(deviceBound, cookie, options['cookie']),
    withStampCache(createStamps(keys.deviceKeys())),
  )
}

function warnOfReplays(): void {
  process.emitWarning('a cookie of another library can be used again after a logout', {
    type: 'KeepsakeWarning',
    code: 'KEEPSAKE_ARRIVAL_REPLAY',
    detail:
      'A copy of the cookie is converted each time it is sent, until arrivals end or it expires. Give store or revocation a store, which records the arrivals.',
  })
}

function readConflictRule(value: unknown, trace: Trace): ResolveConflict {
  const rule = typeof value === 'function' ? (value as ResolveConflict) : ruleNamed(value)
  return (conflict) => {
    trace.conflicted()
    return refusePromise(rule(conflict), 'onConflict: expected the resulting value, not a promise')
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
