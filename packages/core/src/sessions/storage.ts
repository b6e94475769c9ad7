import { createTimeLimit, type TimeLimit } from '../base/time-limit.ts'
import { inCookie } from '../modes/in-cookie.ts'
import { inStore } from '../modes/in-store.ts'
import type { EagerMode, Mode } from '../modes/mode.ts'
import { overflowing } from '../modes/overflowing.ts'
import { revocable } from '../modes/revocable.ts'
import { timed } from '../modes/timed.ts'
import { noSubjects, subjectsInCookies } from '../subjects/in-cookies.ts'
import { subjectsInStore } from '../subjects/in-store.ts'
import { createRevocations } from '../subjects/revocations.ts'
import { createSessionCap } from '../subjects/session-cap.ts'
import { createSubjectRows } from '../subjects/subject-rows.ts'
import type { Subjects } from '../subjects/subjects.ts'
import { rewriteInTurn } from '../store/rewrite.ts'
import { createSealedStore } from '../store/sealed-store.ts'
import { readStore, type Store } from '../store/store.ts'
import type { Cookie } from '../cookie/cookie.ts'
import type { Lifetime } from '../record/lifetime.ts'
import type { Keys } from '../crypto/keys.ts'
import { readDuration } from '../base/duration.ts'
import { ConfigError, wrongOption } from '../base/errors.ts'
import { fieldOf } from '../base/own.ts'
import { SHARES_TIMERS, warn } from '../base/runtime.ts'
import type { Trace } from '../base/trace.ts'

/** Where sessions are kept, and what can be done with all of a subject. */
export interface Storage {
  readonly mode: Mode
  readonly subjects: Subjects
  /** To be swept and closed. */
  readonly stores: readonly Store[]
}

/** What was made of the other options. */
export interface StorageParts {
  readonly keys: Keys
  readonly cookie: Cookie
  readonly lifetime: Lifetime
  readonly trace: Trace
  /** Epoch milliseconds. */
  readonly clock: () => number
}

type Options = Readonly<Record<string, unknown>>

/** @throws {ConfigError} for an option about stores that is wrong, or goes not with another one. */
export function readStorage(options: Options, parts: StorageParts): Storage {
  const store = readStore('store', options['store'])
  const overflow = readStore('overflow', options['overflow'])
  const timeLimit = createTimeLimit(readTimeLimit(options['storeTimeLimit']))
  const { revocation, cacheFor } = readRevocation(options)
  const max = readSessionLimit(options['maxPerSubject'])
  if (store && overflow) throw new ConfigError('overflow', 'give either store or overflow')
  if (store !== undefined) {
    if (typeof revocation === 'object')
      throw new ConfigError('revocation', 'leave it out: what lives in a store ends there')
    return { ...keptIn(store, parts, timeLimit, max), stores: [store] }
  }
  if (max !== undefined) throw new ConfigError('maxPerSubject', 'give a store, which can count sessions')
  const { keys, cookie, lifetime } = parts
  const sealed = inCookie(keys.sealer('cookie'), cookie.name, lifetime)
  const mode = overflow === undefined ? sealed : overflowing(sealed, overflowIn(overflow, parts, timeLimit))
  const stores = new Set(overflow && [overflow])
  if (typeof revocation !== 'object') {
    if (revocation === undefined) warnOfLogouts()
    const inTime = mode.isLazy ? mode : timed(mode, timeLimit)
    return { mode: inTime, subjects: noSubjects(), stores: [...stores] }
  }
  if (fieldOf(revocation, 'isVolatile') === true) warnOfRestarts()
  return { ...revocableBy(revocation, mode, parts, timeLimit, cacheFor), stores: [...stores.add(revocation)] }
}

function keptIn(
  store: Store,
  { keys, lifetime, trace, clock }: StorageParts,
  timeLimit: TimeLimit,
  max?: number,
): { readonly mode: EagerMode; readonly subjects: Subjects } {
  const records = createSealedStore(store, keys.sealer('store'), keys.subjects)
  const inTurn = rewriteInTurn(records, timeLimit)
  const now = (): number => Math.floor(clock() / 1000)
  const rows = createSubjectRows({ records, lifetime, timeLimit, now })
  if (max !== undefined && !rows.canFind)
    throw new ConfigError('maxPerSubject', 'the store has no bySubject, so it cannot count sessions')
  const cap = max === undefined ? undefined : createSessionCap({ max, rows, trace, clock })
  return {
    mode: timed(
      inStore({ ...contextsOf(keys), records, inTurn, lifetime, cap, isOverflow: false }),
      timeLimit,
    ),
    subjects: subjectsInStore({ rows, lifetime, trace }),
  }
}

const contextsOf = ({ storeContext: context, formerContexts }: Keys) => ({ context, formerContexts })

function overflowIn(store: Store, { keys, lifetime }: StorageParts, timeLimit: TimeLimit): EagerMode {
  const records = createSealedStore(store, keys.sealer('store'), keys.subjects)
  const inTurn = rewriteInTurn(records, timeLimit)
  return inStore({ ...contextsOf(keys), records, inTurn, lifetime, cap: undefined, isOverflow: true })
}

function revocableBy(
  store: Store,
  mode: Mode,
  { keys, lifetime, clock }: StorageParts,
  timeLimit: TimeLimit,
  cacheFor: number,
): { readonly mode: EagerMode; readonly subjects: Subjects } {
  const records = createSealedStore(store, keys.sealer('store'), keys.subjects)
  const revocations = createRevocations({ records, keys, lifetime, cacheFor, timeLimit, clock })
  const now = (): number => Math.floor(clock() / 1000)
  return {
    mode: timed(revocable(mode, revocations, lifetime), timeLimit),
    subjects: subjectsInCookies(revocations, now),
  }
}

/** How long what was revoked is cached. */
const DEFAULT_CACHE = '5s'

function readRevocation(options: Options): {
  readonly revocation: Store | 'none' | undefined
  readonly cacheFor: number
} {
  const given = options['revocation']
  const revocation = given === 'none' ? given : readStore('revocation', given)
  const seconds = readDuration('revocationCache', options['revocationCache'] ?? DEFAULT_CACHE)
  if (seconds > MAX_CACHE) throw new ConfigError('revocationCache', 'expected at most an hour')
  return { revocation, cacheFor: seconds * 1000 }
}

const MAX_CACHE = 3600

function warnOfLogouts(): void {
  warn({
    code: 'KEEPSAKE_STATELESS_LOGOUT',
    message: 'a logout cannot end a session whose cookie somebody has copied',
    detail:
      "Sessions live in their cookies, so a logout only clears the browser's copy. Give revocation a store, or say revocation: 'none' if that will do.",
  })
}

function warnOfRestarts(): void {
  warn({
    code: 'KEEPSAKE_VOLATILE_REVOCATION',
    message: 'what was revoked is forgotten when this process ends, and no other process sees it',
    detail:
      'Sessions that were logged out or revoked open again after a restart. Give revocation a store that outlives the process: on disk, or on a server.',
  })
}

/** A login lists all sessions of its subject. */
const MAX_PER_SUBJECT = 500

function readSessionLimit(value: unknown): number | undefined {
  if (value === undefined) return undefined
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1 && value <= MAX_PER_SUBJECT)
    return value
  throw wrongOption('maxPerSubject', `a whole number from 1 to ${MAX_PER_SUBJECT}`, value)
}

const DEFAULT_TIME_LIMIT_MS = 2000

function readTimeLimit(value: unknown): number {
  if (value === undefined) return DEFAULT_TIME_LIMIT_MS
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1 && value < 2 ** 31) return value
  throw wrongOption('storeTimeLimit', 'whole milliseconds from 1', value)
}

/** How often a store is swept, on average. Spread at random, so that the nodes of a cluster take turns. */
const SWEEP_EVERY_MS = 60_000

/**
 * Has a store remove what has expired, from time to time, for as long as the process has other things to do. A failing
 * sweep is no trouble. Returns what stops it.
 */
export function startSweep(store: Store, now: () => number): () => void {
  const work = SHARES_TIMERS ? fieldOf(store, 'sweep') : undefined
  if (work === undefined) return () => undefined
  let timer: NodeJS.Timeout | undefined
  let isStopped = false
  const again = (): void => {
    if (isStopped) return
    timer = setTimeout(() => void sweep(), SWEEP_EVERY_MS * (0.5 + Math.random())).unref()
  }
  const sweep = async (): Promise<void> => {
    try {
      await work.call(store, now())
    } catch {
      // The next one makes up for it.
    }
    again()
  }
  again()
  return () => {
    isStopped = true
    clearTimeout(timer)
  }
}
