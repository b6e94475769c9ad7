import { type Device, deviceOf, handleOf, keyOfHandle } from './device.ts'
import { movedTo } from './ended.ts'
import { UnsupportedError } from './errors.ts'
import type { Lifetime } from './lifetime.ts'
import { endFollowing, revoked } from './modes/ending.ts'
import type { RewriteInTurn } from './modes/in-turn.ts'
import { admit } from './modes/mode.ts'
import { readText } from './record.ts'
import type { Records, StandingRecord } from './records.ts'
import { sidText, type Subjects } from './subjects.ts'
import { withinLimit } from './time-limit.ts'
import type { SealedFields } from './token.ts'
import type { Trace } from './trace.ts'

export interface StoredSubjectsSetup {
  readonly records: Records
  readonly inTurn: RewriteInTurn
  readonly lifetime: Lifetime
  readonly trace: Trace
  /** How long each step of the store may take; there is one for every session. Milliseconds. */
  readonly timeLimit: number
  /** Epoch seconds. */
  readonly now: () => number
}

/** Records that are ended side by side. */
const BATCH = 16

/** The sessions of a subject in a store that can find them. */
export function storedSubjects(setup: StoredSubjectsSetup): Subjects {
  const { records, inTurn, lifetime, trace, timeLimit, now } = setup

  /** What the store has of a subject, read to the end: it may be changed from then on. */
  async function standingOf(subject: string): Promise<(readonly [string, StandingRecord])[]> {
    checkRevokeAll()
    const found: (readonly [string, StandingRecord])[] = []
    const rows = records.ofSubject?.(subject)[Symbol.asyncIterator]()
    if (rows === undefined) return found
    for (;;) {
      const next = await withinLimit(timeLimit, () => rows.next())
      if (next.done === true) return found
      found.push(next.value)
    }
  }

  function checkRevokeAll(): void {
    if (records.ofSubject === undefined)
      throw new UnsupportedError('the store has no bySubject, so it cannot find the sessions of a subject')
  }

  async function end(
    key: string,
    standing: StandingRecord | undefined,
    isSpared: (fields: SealedFields) => boolean,
  ): Promise<boolean> {
    const ending = { key, standing, end: (fields: SealedFields) => revoked(fields, now()), isSpared }
    const fields = await withinLimit(timeLimit, () => endFollowing(records, inTurn, ending))
    if (fields === undefined || admit(fields, false, lifetime, now()).record === undefined) return false
    trace.closed('revoked', fields.sid)
    return true
  }

  return Object.freeze<Subjects>({
    checkRevokeAll,
    async listFor(subject, current) {
      const devices: Device[] = []
      for (const [key, { opened }] of await standingOf(subject)) {
        const { record } = opened.ok ? admit(opened.fields, opened.stale, lifetime, now()) : {}
        if (record === undefined || record.content.subject !== subject) continue
        const listed = { fields: record, label: record.content.label, handle: handleOf(key) }
        devices.push(deviceOf(listed, lifetime, current.has(sidText(record.sid))))
      }
      return devices.toSorted((a, b) => b.lastSeenAt.getTime() - a.lastSeenAt.getTime())
    },
    async revoke(handle, subject) {
      const key = keyOfHandle(handle)
      if (key === undefined) return false
      return end(key, undefined, ({ text }) => subject !== undefined && !isOf(text, subject))
    },
    async revokeAll(subject, spared) {
      const found = await standingOf(subject)
      const isSpared = ({ sid }: SealedFields): boolean => spared.has(sidText(sid))
      const kept = keptKeys(found, isSpared)
      const doomed = found.filter(([key]) => !kept.has(key))
      let count = 0
      for (let n = 0; n < doomed.length; n += BATCH) {
        const batch = doomed.slice(n, n + BATCH)
        const ended = await Promise.all(batch.map(([key, standing]) => end(key, standing, isSpared)))
        count += ended.filter(Boolean).length
      }
      return count
    },
  })
}

const isOf = (text: string, subject: string): boolean =>
  (movedTo(text) ?? readText(text))?.subject === subject

/** The rows of the sessions that are spared, and of what they go on as, by the work of another request. */
function keptKeys(
  found: readonly (readonly [string, StandingRecord])[],
  isSpared: (fields: SealedFields) => boolean,
): ReadonlySet<string> {
  const texts = new Map(found.map(([key, { opened }]) => [key, opened.ok ? opened.fields.text : '']))
  const kept = new Set<string>()
  for (const [key, { opened }] of found) {
    let at = opened.ok && isSpared(opened.fields) ? key : undefined
    while (at !== undefined && !kept.has(at)) {
      kept.add(at)
      at = movedTo(texts.get(at) ?? '')?.to
    }
  }
  return kept
}
