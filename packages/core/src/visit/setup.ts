import type { Subjects } from '../subjects/subjects.ts'
import type { ChangeRules } from './changes.ts'
import type { Cookie } from '../cookie/cookie.ts'
import type { Pulse } from '../base/pulse.ts'
import type { SessionSetup } from '../session/state.ts'
import type { Trace } from '../base/events.ts'

/** What all visits of one `Sessions` share. */
export interface Setup extends SessionSetup, ChangeRules {
  readonly subjects: Subjects
  readonly cookie: Cookie
  readonly trace: Trace
  /** The timer of all watches. */
  readonly pulse: Pulse
}

/** How a visit is opened. */
export interface VisitOptions {
  /**
   * Whether the visit counts as use, and so extends the idle window. Default true. With false nothing moves the end of the
   * session that came: not a renewal, and not a change, which is written with the old times. For what a page asks by
   * itself, as polling does.
   */
  readonly extend?: boolean | undefined
}
