import { type Device, deviceOf, handleOf, keyOfHandle } from './device.ts'
import { UnsupportedError } from '../base/errors.ts'
import type { Lifetime } from '../record/lifetime.ts'
import { hasSidOf, type SubjectRows } from './subject-rows.ts'
import type { Subjects } from './subjects.ts'
import type { Trace } from '../base/events.ts'
import type { Standing } from '../store/rewrite.ts'

export interface StoreSubjectsSetup {
  readonly rows: SubjectRows
  readonly lifetime: Lifetime
  readonly trace: Trace
}

/** Rows that are ended side by side. */
const BATCH = 16

/** The sessions of a subject in a store that can find them. */
export function subjectsInStore({ rows, lifetime, trace }: StoreSubjectsSetup): Subjects {
  function checkRevokeAll(): void {
    if (!rows.canFind)
      throw new UnsupportedError('the store has no bySubject, so it cannot find the sessions of a subject')
  }

  async function end(
    key: string,
    known: Standing | undefined,
    subject: string | undefined,
    isSpared?: (standing: Standing) => boolean,
  ): Promise<boolean> {
    const ended = await rows.end(key, known, subject, isSpared)
    if (ended !== undefined) trace.closed('revoked', ended.sid)
    return ended !== undefined
  }

  return Object.freeze<Subjects>({
    checkRevokeAll,
    async listFor(subject, current) {
      checkRevokeAll()
      const devices: Device[] = []
      for (const { key, standing, record } of await rows.of(subject)) {
        if (standing === undefined || record === undefined) continue
        const listed = { fields: record, label: record.content.label, handle: handleOf(key) }
        devices.push(deviceOf(listed, lifetime, hasSidOf(standing, current)))
      }
      return devices.toSorted((a, b) => b.lastSeenAt.getTime() - a.lastSeenAt.getTime())
    },
    async revoke(handle, subject) {
      const key = keyOfHandle(handle)
      return key === undefined ? false : end(key, undefined, subject)
    },
    async revokeAll(subject, spared) {
      checkRevokeAll()
      const found = await rows.of(subject)
      const isSpared = (standing: Standing): boolean => hasSidOf(standing, spared)
      let count = 0
      for (let n = 0; n < found.length; n += BATCH) {
        const batch = found.slice(n, n + BATCH)
        const ended = await Promise.all(
          batch.map(({ key, standing }) => end(key, standing, subject, isSpared)),
        )
        count += ended.filter(Boolean).length
      }
      return count
    },
  })
}
