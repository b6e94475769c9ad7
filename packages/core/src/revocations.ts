import { createHash } from 'node:crypto'
import { type BriefCache, createBriefCache } from './brief-cache.ts'
import { StoreError } from './errors.ts'
import { createKeyedQueue } from './keyed-queue.ts'
import type { Keys } from './keys.ts'
import type { Lifetime } from './lifetime.ts'
import { isRevokedBy, joined, type Mark, markText, NO_MARK, pruned, readMark } from './mark.ts'
import { andThen, type MaybePromise } from './maybe-promise.ts'
import { pause } from './modes/rewrite.ts'
import type { Records, StandingRecord } from './records.ts'
import { withinLimit } from './time-limit.ts'
import { MAX_TIME, SID_BYTES } from './token.ts'

/** A sealed session as it is held against what was revoked. */
export interface Revocable {
  /** In base64url. */
  readonly sid: string
  readonly created: number
  readonly subject: string | undefined
}

/** Why a single session is over; `successor` is the sid that it goes on under. */
export interface Denial {
  readonly successor: string | undefined
}

/**
 * What was revoked of sessions that live in their cookies: a record for each one that has ended, by its sid, and one for
 * each subject with all that was revoked of it at once. As large as what was revoked, not as what lives; and no longer
 * there than a token of it would open.
 *
 * What this process revokes it sees at once; what others do, when its memory of that has passed. Every method throws
 * {@link StoreError} when the store fails.
 */
export interface Revocations {
  /** Undefined while a session is good. */
  find(session: Revocable): MaybePromise<Denial | undefined>
  /** Ends a session, which goes on as `successor` if that is given; false when it had ended before in another way. */
  deny(sid: string, until: number, successor?: string): Promise<boolean>
  /** Ends a session and those that it went on as. */
  denyFollowing(sid: string, until: number): Promise<boolean>
  /** Changes what was revoked of a subject, on top of what others have changed; `change` returns undefined for nothing. */
  changeMark(subject: string, change: (mark: Mark) => Mark | undefined): Promise<void>
  /** From when on no token opens any more of a session that began then, or now. Epoch seconds. */
  endOfAll(created?: number): number
}

export interface RevocationsSetup {
  readonly records: Records
  readonly keys: Keys
  readonly lifetime: Lifetime
  /** Milliseconds. */
  readonly cacheFor: number
  readonly timeLimit: number
  /** Epoch milliseconds. */
  readonly clock: () => number
}

/** Answers of the store that are remembered, of each kind. */
const MAX_CACHED = 10_000

const NOT_DENIED = Symbol('not denied')

export function createRevocations(setup: RevocationsSetup): Revocations {
  const { records, keys, lifetime, cacheFor, timeLimit, clock } = setup
  const denials: BriefCache<Denial | typeof NOT_DENIED> = createBriefCache(cacheFor, MAX_CACHED, clock)
  const marks: BriefCache<Mark> = createBriefCache(cacheFor, MAX_CACHED, clock)
  const queue = createKeyedQueue<void>()
  const now = (): number => Math.floor(clock() / 1000)
  const limited = async <T>(work: (isOver: () => boolean) => MaybePromise<T>): Promise<T> =>
    withinLimit(timeLimit, work)

  const denialKey = (sid: string): string =>
    createHash('sha256').update('keepsake/v1/revoked').update(keys.storeContext).update(sid).digest('hex')

  async function readDenial(sid: string): Promise<Denial | typeof NOT_DENIED> {
    const text = textOf(await records.look(denialKey(sid)))
    if (text === undefined) return NOT_DENIED
    const [, successor] = JSON.parse(text) as [string, string | null]
    return { successor: successor ?? undefined }
  }

  async function standingMarks(subject: string): Promise<readonly (StandingRecord | undefined)[]> {
    return Promise.all(keys.subjects.revocationKeys(subject).map(async (key) => records.look(key)))
  }

  const markKey = (subject: string): string => keys.subjects.revocationKeys(subject).at(-1) ?? ''

  function writeMark(key: string, standing: StandingRecord | undefined, mark: Mark): MaybePromise<unknown> {
    const at = now()
    const ends = [...mark.spared, ...mark.denied].map(([, until]) => until)
    const expires = Math.max(endOfAll(mark.notBefore), ...ends)
    const times = { created: at, issued: at, expires, permanent: false }
    const fields = { ...times, sid: Buffer.alloc(SID_BYTES), text: markText(mark) }
    return standing === undefined
      ? records.create(key, fields)
      : records.replace(key, standing.sealed, fields)
  }

  async function changeOnce(subject: string, change: (mark: Mark) => Mark | undefined): Promise<boolean> {
    const standing = await standingMarks(subject)
    const mark = pruned(joinedOf(standing), now())
    const next = change(mark)
    const key = markKey(subject)
    if (next !== undefined && (await writeMark(key, standing.at(-1), next)) === undefined) return false
    marks.put(key, next ?? mark)
    return true
  }

  function endOfAll(created = now()): number {
    return Math.min(created + Math.max(lifetime.absolute, lifetime.permanent), MAX_TIME)
  }

  async function deny(sid: string, until: number, successor?: string): Promise<boolean> {
    const at = Math.min(now(), until)
    const text = JSON.stringify(['denied', successor ?? null])
    const fields = { created: at, issued: at, expires: until, permanent: false, text }
    const key = denialKey(sid)
    const isNew =
      (await limited(() => records.create(key, { ...fields, sid: Buffer.from(sid, 'base64url') }))) !==
      undefined
    if (isNew) denials.put(key, { successor })
    if (isNew || successor === undefined) return isNew
    const standing = await limited(() => readDenial(sid))
    return standing !== NOT_DENIED && standing.successor === successor
  }

  return Object.freeze<Revocations>({
    endOfAll,
    deny,
    find({ sid, created, subject }) {
      const denied = denials.get(denialKey(sid), () => limited(() => readDenial(sid)))
      return andThen(denied, (denial) => {
        if (denial !== NOT_DENIED) return denial
        if (subject === undefined) return undefined
        const load = (): Promise<Mark> => limited(async () => joinedOf(await standingMarks(subject)))
        return andThen(marks.get(markKey(subject), load), (mark) =>
          isRevokedBy(mark, { sid, created }) ? WITH_ALL : undefined,
        )
      })
    },
    async denyFollowing(sid, until) {
      const isNew = await deny(sid, until)
      if (isNew) return true
      let denial = await limited(() => readDenial(sid))
      while (denial !== NOT_DENIED && denial.successor !== undefined) {
        const { successor } = denial
        if (await deny(successor, until)) return true
        denial = await limited(() => readDenial(successor))
      }
      return false
    },
    async changeMark(subject, change) {
      await queue(markKey(subject), () =>
        limited(async (isOver) => {
          for (let attempt = 1; !isOver(); attempt++) {
            if (await changeOnce(subject, change)) return
            await pause(attempt)
          }
          throw new StoreError('others kept changing what was revoked until the time was up')
        }),
      )
    },
  })
}

/** It was revoked with all others of its subject. */
const WITH_ALL: Denial = Object.freeze({ successor: undefined })

const joinedOf = (standing: readonly (StandingRecord | undefined)[]): Mark =>
  joined([NO_MARK, ...standing.flatMap((record) => readMarks(textOf(record)))])

const readMarks = (text: string | undefined): readonly Mark[] => (text === undefined ? [] : [readMark(text)])

/** @throws {StoreError} for what cannot be opened: nobody can tell then whether a session is good. */
function textOf(standing: StandingRecord | undefined): string | undefined {
  if (standing === undefined) return undefined
  if (!standing.opened.ok) throw new StoreError('what was revoked cannot be read')
  return standing.opened.fields.text
}
