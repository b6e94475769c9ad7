import type { TimeLimit } from '../base/time-limit.ts'
import { hash } from 'node:crypto'
import type { SealedStore, StandingRecord } from '../store/sealed-store.ts'
import type { Lifetime } from '../record/lifetime.ts'
import type { Keys } from '../crypto/keys.ts'
import { nameOf } from '../crypto/names.ts'
import { SID_BYTES } from '../crypto/token.ts'
import { type BriefCache, createBriefCache } from '../base/brief-cache.ts'
import { StoreBusyError, StoreError } from '../base/errors.ts'
import { keepTrying } from '../base/keep-trying.ts'
import { andThen, createKeyedQueue, type MaybePromise } from '../base/maybe-promise.ts'
import { pause } from '../base/pause.ts'
import { MAX_TIME } from '../base/time.ts'
import {
  isRevokedBy,
  joined,
  NO_REVOCATIONS,
  pruned,
  readRevocationList,
  type RevocableSession,
  type RevocationList,
  revocationListText,
} from './revocation-list.ts'

/** A sealed session to compare with the revocations; its sid in base64url. */
export interface Revocable extends RevocableSession {
  readonly subject: string | undefined
}

/** Why a single session is revoked: it was ended, or got another sid at this epoch second. */
export type Denial = 'ended' | { readonly renewedAt: number }

/** A revoked sid. */
export interface Denying {
  /** An earlier reason, which stays; undefined if this one is the first. */
  readonly earlier: Denial | undefined
  /** For a new sid that is never sent: the previous one is valid again. Works in the background. */
  readonly takeBack: () => void
}

/** Returns undefined if there is nothing to change. */
type ListChange = (list: RevocationList) => RevocationList | undefined

export interface RevocationsSetup {
  readonly records: SealedStore
  readonly keys: Keys
  readonly lifetime: Lifetime
  /** When a session that began at any time can no longer arrive from another library; epoch seconds, or 0. */
  readonly openUntil: number
  /** Milliseconds. */
  readonly cacheFor: number
  readonly timeLimit: TimeLimit
  /** Epoch milliseconds. */
  readonly clock: () => number
}

/** The maximum of cached store results, of each kind. */
const MAX_CACHED = 10_000

/**
 * The revocations of sessions that live in their cookies: a record for each ended session, by its sid, and one for
 * each subject with all revocations at once. Its size depends on the number of revocations, not of sessions; each is kept
 * only until its tokens expire.
 *
 * A process sees its own revocations immediately, and others' when its cache has expired. Every method throws
 * {@link StoreError} if the store fails.
 */
export function createRevocations(setup: RevocationsSetup) {
  const { records, keys, lifetime, openUntil, cacheFor, timeLimit, clock } = setup
  const denials: BriefCache<Denial | undefined> = createBriefCache(cacheFor, MAX_CACHED, clock)
  const lists: BriefCache<RevocationList> = createBriefCache(cacheFor, MAX_CACHED, clock)
  const queue = createKeyedQueue<void>()
  const now = (): number => Math.floor(clock() / 1000)
  const limited = async <T>(work: (isOver: () => boolean) => MaybePromise<T>): Promise<T> => timeLimit(work)

  async function readDenial(key: string): Promise<Denial | undefined> {
    const text = textOf(await records.read(key))
    if (text === undefined) return undefined
    const [, renewedAt] = JSON.parse(text) as [string, number | undefined]
    return renewedAt === undefined ? 'ended' : { renewedAt }
  }

  const standingLists = (subject: string): Promise<readonly (StandingRecord | undefined)[]> =>
    Promise.all(keys.subjects.revocationKeys(subject).map(async (key) => records.read(key)))

  const listKey = (subject: string): string => keys.subjects.revocationKeys(subject).at(-1) ?? ''

  function writeList(
    key: string,
    standing: StandingRecord | undefined,
    list: RevocationList,
  ): MaybePromise<boolean> {
    const at = now()
    const untils = [...list.spared, ...list.denied].map(([, until]) => until)
    const expires = Math.max(endOfAll(list.notBefore), openUntil, ...untils)
    const times = { created: at, issued: at, expires, permanent: false }
    const fields = { ...times, sid: Buffer.alloc(SID_BYTES), text: revocationListText(list) }
    const stored = records.seal(key, fields, undefined, true)
    return standing === undefined
      ? records.create(key, stored)
      : records.replaceSurely(key, standing.sealed, stored)
  }

  async function changeOnce(subject: string, change: ListChange): Promise<boolean> {
    const standing = await standingLists(subject)
    const list = pruned(joinedOf(standing), now())
    const next = change(list)
    const key = listKey(subject)
    if (next !== undefined && !(await writeList(key, standing.at(-1), next))) return false
    lists.put(key, next ?? list)
    return true
  }

  /** When no token of a session that began then, or now, is valid any more. Epoch seconds. */
  const endOfAll = (created = now()): number =>
    Math.min(created + Math.max(lifetime.absolute, lifetime.permanent), MAX_TIME)

  /** Whether its subject's revocations end a session. */
  function isListed(subject: string, session: RevocableSession): MaybePromise<boolean> {
    const load = (): Promise<RevocationList> => limited(async () => joinedOf(await standingLists(subject)))
    return andThen(lists.get(listKey(subject), load), (list) => isRevokedBy(list, session))
  }

  return Object.freeze({
    endOfAll,
    isListed,
    /**
     * Ends a sid, once. A renewal whose outcome is unknown is reverted.
     *
     * @param until When no token of it is valid any more; epoch seconds.
     * @param mustStay See {@link StoredRecord.mustStay}.
     */
    async deny(sid: string, denial: Denial, until: number, mustStay: boolean): Promise<Denying> {
      const at = Math.min(now(), until)
      const text = JSON.stringify(denial === 'ended' ? [NAME] : [NAME, denial.renewedAt])
      const times = { created: at, issued: at, permanent: false }
      const fields = { ...times, sid: Buffer.from(sid, 'base64url') }
      const key = denialKey(sid)
      const stored = records.seal(key, { ...fields, expires: until, text }, undefined, mustStay)
      const takeBack = (): void => {
        if (denial === 'ended') return
        const end = records.seal(key, { ...fields, expires: 0, text: '' }, undefined)
        void keepTrying(() => records.replace(key, stored.text, end)).then(() => denials.forget(key))
      }
      const create = (isOver: () => boolean): MaybePromise<boolean> =>
        andThen(records.create(key, stored), (isNew) => {
          if (isNew && isOver()) takeBack()
          return isNew
        })
      try {
        const earlier = (await limited(create)) ? undefined : await limited(() => readDenial(key))
        denials.put(key, earlier ?? denial)
        return { earlier, takeBack: earlier === undefined ? takeBack : () => undefined }
      } catch (error) {
        if (!(error instanceof StoreBusyError)) takeBack()
        throw error
      }
    },
    /** Why a session is revoked; undefined while it is valid. */
    find({ sid, created, subject }: Revocable): MaybePromise<Denial | undefined> {
      const key = denialKey(sid)
      const denied = denials.get(key, () => limited(() => readDenial(key)))
      return andThen(denied, (denial) => {
        if (denial !== undefined || subject === undefined) return denial
        return andThen(isListed(subject, { sid, created }), (isOver) => (isOver ? 'ended' : undefined))
      })
    },
    /** Changes a subject's revocations, on top of others' changes. */
    async changeList(subject: string, change: ListChange): Promise<void> {
      await queue(listKey(subject), () =>
        limited(async (isOver) => {
          for (let attempt = 1; !isOver(); attempt++) {
            if (await changeOnce(subject, change)) return
            await pause(attempt)
          }
          throw new StoreError('other requests kept changing the revocation list until the time limit')
        }),
      )
    },
  })
}

export type Revocations = ReturnType<typeof createRevocations>

/** A sid is unique, whatever its cookie is or was called. */
const denialKey = (sid: string): string => nameOf(hash('sha256', `keepsake/v1/revoked${sid}`, 'buffer'))

/** Marks a list, so that it is not mistaken for a record. */
const NAME = 'denied'

const joinedOf = (standing: readonly (StandingRecord | undefined)[]): RevocationList =>
  joined([NO_REVOCATIONS, ...standing.flatMap((record) => textOf(record) ?? []).map(readRevocationList)])

/** @throws {StoreError} for an unreadable record: whether a session is valid is then unknown. */
function textOf(standing: StandingRecord | undefined): string | undefined {
  if (standing === undefined) return undefined
  if (!standing.opened.ok) throw new StoreError('the revocation list cannot be read')
  return standing.opened.fields.text
}
