import { createTimeLimit, type TimeLimit } from '../base/time-limit.ts'
import { inCookie } from '../modes/in-cookie.ts'
import { inStore } from '../modes/in-store.ts'
import type { EagerMode, Mode } from '../modes/mode.ts'
import { overflowing } from '../modes/overflowing.ts'
import { revocable } from '../modes/revocable.ts'
import { timed } from '../modes/timed.ts'
import { type Everyone, everyoneInStore, nobody } from '../subjects/everyone.ts'
import { noSubjects, subjectsInCookies } from '../subjects/in-cookies.ts'
import { subjectsInOverflow } from '../subjects/in-overflow.ts'
import { subjectsInStore } from '../subjects/in-store.ts'
import { createLedger, type Ledger } from '../subjects/ledger.ts'
import { createRevocations } from '../subjects/revocations.ts'
import { createSessionCap } from '../subjects/session-cap.ts'
import { createSubjectRows, type SubjectRows } from '../subjects/subject-rows.ts'
import type { Subjects } from '../subjects/subjects.ts'
import { rewriteInTurn } from '../store/rewrite.ts'
import { createSealedStore } from '../store/sealed-store.ts'
import { readStore, type Store } from '../store/store.ts'
import type { Cookie } from '../cookie/cookie.ts'
import type { Lifetime } from '../record/lifetime.ts'
import type { Keys } from '../crypto/keys.ts'
import { ConfigError } from '../base/errors.ts'
import { fieldOf } from '../base/own.ts'
import { warn } from '../base/runtime.ts'
import type { Trace } from '../base/trace.ts'
import { readAbove, readRevocation, readSessionLimit, readTimeLimit } from './storage-options.ts'

/** Where sessions are stored, and the operations on all sessions of a subject. */
export interface Storage {
  readonly mode: Mode
  readonly subjects: Subjects
  readonly everyone: Everyone
  /** The stores to sweep and to close. */
  readonly stores: readonly Store[]
  /** Undefined if arrivals cannot be recorded. */
  readonly ledger: Ledger | undefined
  readonly timeLimit: TimeLimit
}

/** The results of the other options. */
export interface StorageParts {
  readonly keys: Keys
  readonly cookie: Cookie
  readonly lifetime: Lifetime
  readonly trace: Trace
  /** Epoch milliseconds. */
  readonly clock: () => number
  /** When arrivals end; epoch seconds, or 0 without arrivals. */
  readonly openUntil: number
}

type Options = Readonly<Record<string, unknown>>

/** @throws {ConfigError} for an invalid option about stores, or a combination that is not supported. */
export function readStorage(options: Options, parts: StorageParts): Storage {
  const store = readStore('store', options['store'])
  const overflow = readStore('overflow', options['overflow'])
  const timeLimit = createTimeLimit(readTimeLimit(options['storeTimeLimit']))
  const { revocation, cacheFor } = readRevocation(options)
  const max = readSessionLimit(options['maxPerSubject'])
  const above = readAbove(options['overflowAbove'], overflow)
  if (store && overflow) throw new ConfigError('overflow', 'use either store or overflow')
  if (store !== undefined) {
    if (typeof revocation === 'object')
      throw new ConfigError('revocation', 'not needed: with a store, sessions can be ended anyway')
    return { ...keptIn(store, parts, timeLimit, max), stores: [store], timeLimit }
  }
  if (max !== undefined) throw new ConfigError('maxPerSubject', 'needs a store, to count sessions')
  const { keys, cookie, lifetime } = parts
  const sealed = inCookie(keys.sealer('cookie'), cookie.name, lifetime)
  const mode =
    overflow === undefined ? sealed : overflowing(sealed, overflowIn(overflow, parts, timeLimit), above)
  const stores = new Set(overflow && [overflow])
  if (typeof revocation !== 'object') {
    const inTime = mode.isLazy ? mode : timed(mode, timeLimit)
    const unknown = { subjects: noSubjects(), everyone: nobody(), ledger: undefined }
    return { mode: inTime, ...unknown, stores: [...stores], timeLimit }
  }
  if (fieldOf(revocation, 'isVolatile') === true) warnOfRestarts()
  const { subjects, ...kept } = revocableBy(revocation, mode, parts, timeLimit, cacheFor)
  return {
    ...kept,
    everyone: nobody(),
    subjects:
      overflow === undefined ? subjects : subjectsInOverflow(subjects, rowsIn(overflow, parts, timeLimit)),
    stores: [...stores.add(revocation)],
    timeLimit,
  }
}

type Kept = Pick<Storage, 'subjects' | 'ledger'> & { readonly mode: EagerMode }

function keptIn(
  store: Store,
  { keys, lifetime, trace, clock, openUntil }: StorageParts,
  timeLimit: TimeLimit,
  max?: number,
): Kept & Pick<Storage, 'everyone'> {
  const records = createSealedStore(store, keys.sealer('store'), keys.subjects)
  const inTurn = rewriteInTurn(records, timeLimit)
  const now = (): number => Math.floor(clock() / 1000)
  const rows = createSubjectRows({ records, lifetime, timeLimit, now })
  if (max !== undefined && !rows.canFind)
    throw new ConfigError('maxPerSubject', 'the store has no bySubject, so it cannot count sessions')
  const cap = max === undefined ? undefined : createSessionCap({ max, rows, trace, clock })
  const revoking = { records, keys, lifetime, openUntil, cacheFor: 0, timeLimit, clock }
  const ledger =
    openUntil === 0
      ? undefined
      : createLedger({ records, keys, revocations: createRevocations(revoking), now })
  return {
    mode: timed(
      inStore({ ...contextsOf(keys), records, inTurn, lifetime, cap, isOverflow: false }),
      timeLimit,
    ),
    subjects: subjectsInStore({ rows, lifetime, trace, ledger }),
    everyone: everyoneInStore({ store, records, rows, lifetime, timeLimit, now }),
    ledger,
  }
}

const contextsOf = ({ storeContext: context, formerContexts }: Keys) => ({ context, formerContexts })

function overflowIn(store: Store, { keys, lifetime }: StorageParts, timeLimit: TimeLimit): EagerMode {
  const records = createSealedStore(store, keys.sealer('store'), keys.subjects)
  const inTurn = rewriteInTurn(records, timeLimit)
  return inStore({ ...contextsOf(keys), records, inTurn, lifetime, cap: undefined, isOverflow: true })
}

function rowsIn(store: Store, { keys, lifetime, clock }: StorageParts, timeLimit: TimeLimit): SubjectRows {
  const records = createSealedStore(store, keys.sealer('store'), keys.subjects)
  return createSubjectRows({ records, lifetime, timeLimit, now: () => Math.floor(clock() / 1000) })
}

function revocableBy(
  store: Store,
  mode: Mode,
  { keys, lifetime, clock, openUntil }: StorageParts,
  timeLimit: TimeLimit,
  cacheFor: number,
): Kept {
  const records = createSealedStore(store, keys.sealer('store'), keys.subjects)
  const revocations = createRevocations({ records, keys, lifetime, openUntil, cacheFor, timeLimit, clock })
  const now = (): number => Math.floor(clock() / 1000)
  return {
    mode: timed(revocable(mode, revocations, lifetime), timeLimit),
    subjects: subjectsInCookies(revocations, now),
    ledger: openUntil === 0 ? undefined : createLedger({ records, keys, revocations, now }),
  }
}

function warnOfRestarts(): void {
  warn({
    code: 'KEEPSAKE_VOLATILE_REVOCATION',
    message:
      'revocations are kept in memory: they are lost when this process ends, and no other process sees them',
    detail:
      'After a restart, revoked sessions are valid again. Give revocation a store that outlives the process: on disk, or on a server.',
  })
}
