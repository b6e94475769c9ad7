import type { InForce } from '../modes/mode.ts'
import type { LogoutRequest } from '../session/logout.ts'
import type { Subjects } from '../subjects/subjects.ts'
import { sidText } from '../crypto/token.ts'
import { andThen, type MaybePromise } from '../base/maybe-promise.ts'

/** The parts of a visit that a logout needs after the visit's commit. */
interface LoggingOut {
  readonly setup: { readonly subjects: Subjects }
  readonly draft: { logout: LogoutRequest | undefined }
  readonly record: InForce | undefined
  clearSiteData(value: string): void
}

/** The other parts of a logout: the subject's other sessions, and the browser's data. */
export function finishLogout(visit: LoggingOut, logout: LogoutRequest): MaybePromise<void> {
  const { setup, draft, record } = visit
  const { everywhere, clearSiteData } = logout
  const spared = new Set(record && [sidText(record.sid)])
  const others = everywhere === undefined ? undefined : setup.subjects.revokeAll(everywhere, spared)
  return andThen<unknown, void>(others, () => {
    if (draft.logout === logout) draft.logout = undefined
    if (clearSiteData !== undefined && visit.record === undefined) visit.clearSiteData(clearSiteData)
  })
}
