import type { Standing } from '../store/rewrite.ts'
import type { Lifetime } from '../record/lifetime.ts'
import { sidText } from '../crypto/token.ts'
import type { Trace } from '../base/trace.ts'
import { inTurns } from '../base/turns.ts'
import { unpackKey } from '../store/packed-key.ts'
import { type Device, seenOf } from './device.ts'
import type { Ledger } from './ledger.ts'
import { hasSidOf, type SubjectRows } from './subject-rows.ts'
import type { Subjects } from './subjects.ts'

export interface StoreSubjectsSetup {
  readonly rows: SubjectRows
  readonly lifetime: Lifetime
  readonly trace: Trace
  /** Makes later arrivals respect earlier revocations; undefined without arrivals. */
  readonly ledger: Ledger | undefined
}

/** The number of rows that are ended in parallel. */
const BATCH = 16

/** A subject's sessions in a store that can find them. */
export function subjectsInStore({ rows, lifetime, trace, ledger }: StoreSubjectsSetup): Subjects {
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
    checkRevokeAll: rows.checkCanFind,
    async listFor(subject, current) {
      rows.checkCanFind()
      const devices: Device[] = []
      for await (const { key, standing, record } of rows.each(subject)) {
        if (standing === undefined || record === undefined) continue
        const isCurrent = hasSidOf(standing, current)
        devices.push(Object.freeze<Device>({ ...seenOf(key, record, lifetime), isCurrent }))
      }
      // Within the same second, the order of the store decides, the last first: the memory store lists in order of logins.
      return devices.toReversed().toSorted((a, b) => b.lastSeenAt.getTime() - a.lastSeenAt.getTime())
    },
    async revoke(handle, subject) {
      const key = unpackKey(handle)
      return key === undefined ? false : end(key, undefined, subject)
    },
    async revokeAll(subject, spared) {
      rows.checkCanFind()
      await ledger?.revokeAll(subject)
      // Only under its current sid: a request that has given this session a new one may be a thief's.
      const isSpared = ({ record }: Standing): boolean => spared.has(sidText(record.sid))
      let count = 0
      // Listed before the first one ends: a later login is not affected.
      for await (const batch of inTurns(batchesOf(await rows.of(subject)))) {
        const ended = await Promise.all(
          batch.map(({ key, standing }) => end(key, standing, subject, isSpared)),
        )
        count += ended.filter(Boolean).length
      }
      return count
    },
  })
}

function* batchesOf<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let n = 0; n < items.length; n += BATCH) yield items.slice(n, n + BATCH)
}
