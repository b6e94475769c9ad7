import { movedTo } from './ended.ts'
import { SessionLimitError, StoreError } from './errors.ts'
import { createKeyedQueue } from './keyed-queue.ts'
import type { SubjectKeys } from './keys.ts'
import type { Lifetime } from './lifetime.ts'
import { endFollowing, revoked } from './modes/ending.ts'
import type { RewriteInTurn } from './modes/in-turn.ts'
import { admit } from './modes/mode.ts'
import { pause } from './modes/rewrite.ts'
import type { Records, StandingRecord } from './records.ts'
import {
  type Arrival,
  readRoster,
  reseated,
  type Roster,
  rosterText,
  type Seat,
  seated,
  type SessionLimit,
} from './roster.ts'
import { MAX_TIME, type SealedFields, SID_BYTES } from './token.ts'
import type { Trace } from './trace.ts'

/**
 * Holds a subject to so many sessions, to the one, however many log in at once and at how many processes. A record of
 * the subject's own lists those that count, and is changed by compare-and-set.
 */
export interface SessionCap {
  /** The roster as it stands. Comes before the session's own record: one that has to be made lists those that are there. */
  roster(subject: string): Promise<StandingRecord | undefined>
  /**
   * Gives a session that is there a seat; `known` is what `roster` has brought.
   *
   * @throws {SessionLimitError} when there is none.
   */
  seat(
    subject: string,
    arrival: Arrival,
    known: StandingRecord | undefined,
    isOver: () => boolean,
  ): Promise<void>
}

export interface SessionCapSetup {
  readonly limit: SessionLimit
  readonly records: Records
  readonly inTurn: RewriteInTurn
  readonly subjects: SubjectKeys
  readonly lifetime: Lifetime
  readonly trace: Trace
  /** Epoch seconds. */
  readonly now: () => number
}

export function createSessionCap(setup: SessionCapSetup): SessionCap {
  const { limit, records, inTurn, subjects, lifetime, trace, now } = setup
  const queue = createKeyedQueue<void>()

  const isAlive = ({ opened }: StandingRecord): boolean =>
    opened.ok && admit(opened.fields, false, lifetime, now()).record !== undefined

  function fieldsOf(roster: Roster): SealedFields {
    const at = now()
    const expires = Math.min(at + Math.max(lifetime.absolute, lifetime.permanent), MAX_TIME)
    const sid = Buffer.alloc(SID_BYTES)
    return { created: at, issued: at, expires, permanent: false, sid, text: rosterText(roster) }
  }

  async function firstRoster(subject: string): Promise<Roster> {
    const found: (readonly [number, Seat])[] = []
    for await (const [key, standing] of records.ofSubject?.(subject) ?? [])
      if (standing.opened.ok && isAlive(standing)) found.push([standing.opened.fields.created, [key]])
    return found.toSorted(([a], [b]) => a - b).map(([, seat]) => seat)
  }

  /** The row where a session lives that had this one; undefined when it is over. */
  async function livingRow(key: string): Promise<string | undefined> {
    for (let at: string | undefined = key; at !== undefined;) {
      const standing: StandingRecord | undefined = await records.look(at)
      if (standing === undefined) return undefined
      if (isAlive(standing)) return at
      at = standing.opened.ok ? movedTo(standing.opened.fields.text)?.to : undefined
    }
    return undefined
  }

  async function living(roster: Roster): Promise<Roster> {
    const seats = await Promise.all(roster.map((seat) => Promise.all(seat.map(livingRow))))
    return seats
      .map((rows) => [...new Set(rows.filter((row) => row !== undefined))])
      .filter((seat) => seat.length > 0)
  }

  async function evict(seat: Seat): Promise<void> {
    for (const key of seat) {
      const fields = await endFollowing(records, inTurn, { key, end: (fields) => revoked(fields, now()) })
      if (fields !== undefined) trace.closed('evicted', fields.sid)
    }
  }

  /** Those that have to go are gone before the roster says so: a process that dies in between leaves too few, not too many. */
  async function rosterWith(roster: Roster, arrival: Arrival): Promise<Roster> {
    const moved = reseated(roster, arrival)
    if (moved !== undefined) return moved
    // A roster that was made anew meanwhile has listed it already.
    const others = roster.filter((seat) => !seat.includes(arrival.key))
    const isFull = others.length >= limit.max
    const seating = seated(isFull ? await living(others) : others, arrival.key, limit)
    if (seating === undefined) throw new SessionLimitError(limit.max)
    for (const seat of seating.evicted) await evict(seat)
    return seating.roster
  }

  async function roster(subject: string): Promise<StandingRecord | undefined> {
    const key = subjects.rosterKey(subject)
    const standing = await records.look(key)
    if (standing !== undefined) return standing
    await records.create(key, fieldsOf(await firstRoster(subject)))
    return records.look(key)
  }

  return Object.freeze<SessionCap>({
    roster,
    async seat(subject, arrival, known, isOver) {
      const key = subjects.rosterKey(subject)
      await queue(key, async () => {
        let standing = known
        for (let attempt = 1; !isOver(); attempt++) {
          if (standing?.opened.ok === false) throw new StoreError('a roster of sessions cannot be read')
          if (standing !== undefined) {
            const next = await rosterWith(readRoster(standing.opened.fields.text), arrival)
            if ((await records.replace(key, standing.sealed, fieldsOf(next))) !== undefined) return
          }
          if (attempt > 1) await pause(attempt)
          standing = await roster(subject)
        }
        throw new StoreError('others kept changing the roster of sessions until the time was up')
      })
    },
  })
}
