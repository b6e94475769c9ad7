import type { Cookie } from './cookie/cookie.ts'
import type { Csrf } from './csrf.ts'
import type { Lifetime } from './lifetime.ts'
import type { ResolveConflict } from './merge.ts'
import type { Mode } from './modes/mode.ts'
import type { Pulse } from './pulse.ts'
import type { FillRandom } from './random.ts'
import type { Subjects } from './subjects.ts'
import type { Trace } from './trace.ts'

/** What all visits of one `Sessions` share. */
export interface Setup {
  readonly cookie: Cookie
  readonly mode: Mode
  readonly lifetime: Lifetime
  readonly trace: Trace
  readonly csrf: Csrf
  readonly subjects: Subjects
  readonly fillRandom: FillRandom
  /** The timer of all watches. */
  readonly pulse: Pulse
  /** Decides where this request and another have changed the same place. */
  readonly resolve: ResolveConflict
  /** Epoch seconds. */
  readonly now: () => number
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
