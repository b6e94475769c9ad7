import { SID_BYTES } from '../crypto/token.ts'
import { UnsupportedError } from '../base/errors.ts'
import { deny, type Entry, revokedAll } from './revocation-list.ts'
import type { Revocations } from './revocations.ts'
import type { Subjects } from './subjects.ts'

/**
 * A subject's sessions that live in their cookies, where only revocations are recorded: they
 * can be ended, but not listed, and their number is unknown.
 */
export function subjectsInCookies(revocations: Revocations, now: () => number): Subjects {
  const entryOf = (sid: string): Entry => [sid, revocations.endOfAll()]
  return Object.freeze<Subjects>({
    async listFor() {
      throw new UnsupportedError('sessions.listFor: only revoked sessions are recorded; configure a store')
    },
    async revoke(handle, subject) {
      // Anyone can make up handles: each would stay listed for the maximum lifetime of a session.
      if (subject === undefined)
        throw new UnsupportedError(
          'sessions.revoke: anonymous sessions in their cookies are not recorded; configure a store',
        )
      if (!isHandle(handle)) return false
      await revocations.changeList(subject, (list) => deny(list, entryOf(handle), now()))
      return undefined
    },
    async revokeAll(subject, spared) {
      const entries = [...spared].map(entryOf)
      await revocations.changeList(subject, (list) => revokedAll(list, entries, now()))
      return undefined
    },
    checkRevokeAll: () => undefined,
  })
}

/** `session.id` is the handle of a sealed session. */
function isHandle(handle: unknown): boolean {
  if (typeof handle !== 'string') return false
  const sid = Buffer.from(handle, 'base64url')
  return sid.length === SID_BYTES && sid.toString('base64url') === handle
}

/** Sessions that live in their cookies and are not recorded. */
export function noSubjects(): Subjects {
  return Object.freeze<Subjects>({
    listFor: async () => fail('sessions.listFor', 'configure a store'),
    revoke: async () => fail('sessions.revoke', 'configure a store, or revocation'),
    revokeAll: async () => fail('sessions.revokeAll', 'configure a store, or revocation'),
    checkRevokeAll: () => fail('logging out everywhere', 'configure a store, or revocation'),
  })
}

function fail(task: string, remedy: string): never {
  throw new UnsupportedError(`${task}: sessions live in their cookies; ${remedy}`)
}
