import type { Sids } from '../crypto/token.ts'
import type { Device } from './device.ts'
import { UnsupportedError } from '../base/errors.ts'

/** What can be done with all sessions of a subject. Where something cannot, it throws {@link UnsupportedError}. */
export interface Subjects {
  /** The sessions of a subject, the one last seen first. */
  listFor(subject: string, current: Sids): Promise<readonly Device[]>
  /** Ends one session, if it is this subject's; whether there was one. */
  revoke(handle: string, subject: string | undefined): Promise<boolean>
  /** Ends all that a subject had when it was called, but for those that are spared; returns how many, where that is known. */
  revokeAll(subject: string, spared: Sids): Promise<number | undefined>
  /** Throws at once where `revokeAll` would. */
  checkRevokeAll(): void
}

/** Of sessions that live in their cookies, and that nobody has written down anywhere. */
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
