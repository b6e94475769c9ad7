import type { Session, Sessions } from '@keepsake/core'
import type { CrossOriginGuardOptions } from '@keepsake/core/adapter'
import type { open } from '@keepsake/fetch'

type Data = Record<string, unknown>

/** An application of the adapter suite, on `globalThis.suiteApps` of the process in which Next serves it. */
export interface SuiteApp {
  readonly sessions: Sessions<Data>
  readonly guard: CrossOriginGuardOptions | undefined
  /** Runs the handler; `openBeside` is Next's compiled copy of `open`. */
  readonly respond: (request: Request, session: Session<Data>, openBeside: typeof open) => Promise<Response>
}
