import type { Standing } from '../store/rewrite.ts'
import { type Sids, sidText } from '../crypto/token.ts'
import type { SubjectRows } from './subject-rows.ts'
import type { Subjects } from './subjects.ts'

/**
 * A subject's sessions, some of which are in a store: those are also ended there, if the store can find them. So they are also over for a
 * server that reads rows and no list, for example once all sessions have moved to the store.
 */
export function subjectsInOverflow(listed: Subjects, rows: SubjectRows): Subjects {
  async function endRows(subject: string, isSpared: (standing: Standing) => boolean): Promise<void> {
    for (const { key, standing } of await rows.of(subject)) await rows.end(key, standing, subject, isSpared)
  }

  return Object.freeze<Subjects>({
    ...listed,
    async revoke(handle, subject) {
      const outcome = await listed.revoke(handle, subject)
      const only = new Set([handle])
      if (subject !== undefined) await endRows(subject, (standing) => !isOf(standing, only))
      return outcome
    },
    async revokeAll(subject, spared) {
      const outcome = await listed.revokeAll(subject, spared)
      await endRows(subject, (standing) => isOf(standing, spared))
      return outcome
    },
  })
}

const isOf = ({ record }: Standing, sids: Sids): boolean => sids.has(sidText(record.sid))
