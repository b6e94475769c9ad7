import { SID_BYTES } from '../crypto/token.ts'
import { UnsupportedError } from '../base/errors.ts'
import type { Trace } from '../base/events.ts'
import { deny, type Entry, revokedAll } from './revocation-list.ts'
import type { Revocations } from './revocations.ts'
import type { Subjects } from './subjects.ts'

/**
 * The sessions of a subject where they live in their cookies, and only what was revoked of them is written down: they
 * can be ended, but not listed, and how many there are is unknown.
 */
export function subjectsInCookies(revocations: Revocations, trace: Trace, now: () => number): Subjects {
  const entryOf = (sid: string): Entry => [sid, revocations.endOfAll()]
  return Object.freeze<Subjects>({
    async listFor() {
      throw new UnsupportedError('sessions.listFor: only what was revoked is written down; give a store')
    },
    async revoke(handle, subject) {
      const sid = sidOfHandle(handle)
      if (sid === undefined) return false
      if (subject === undefined) {
        if ((await revocations.deny(handle, revocations.endOfAll(), 'ended')).earlier !== undefined)
          return false
      } else await revocations.changeList(subject, (list) => deny(list, entryOf(handle), now()))
      trace.closed('revoked', sid)
      return true
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
function sidOfHandle(handle: unknown): Uint8Array | undefined {
  if (typeof handle !== 'string') return undefined
  const sid = Buffer.from(handle, 'base64url')
  return sid.length === SID_BYTES && sid.toString('base64url') === handle ? sid : undefined
}

/** Of sessions that live in their cookies and are written down nowhere. */
export function noSubjects(): Subjects {
  return Object.freeze<Subjects>({
    listFor: async () => fail('sessions.listFor', 'give a store, which knows them'),
    revoke: async () => fail('sessions.revoke', 'give a store, or revocation'),
    revokeAll: async () => fail('sessions.revokeAll', 'give a store, or revocation'),
    checkRevokeAll: () => fail('logging out everywhere', 'give a store, or revocation'),
  })
}

function fail(task: string, remedy: string): never {
  throw new UnsupportedError(`${task}: sessions live in their cookies; ${remedy}`)
}
