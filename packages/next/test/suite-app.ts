import type { Session, Sessions } from '@keepsake/core'
import type { CrossOriginGuardOptions } from '@keepsake/core/adapter'
import type { open } from '@keepsake/fetch'

type Data = Record<string, unknown>

/** An application of the adapter suite: it lives in the process that has Next serve it, on `globalThis.suiteApps`. */
export interface SuiteApp {
  readonly sessions: Sessions<Data>
  readonly guard: CrossOriginGuardOptions | undefined
  /** Runs the handler; `openBeside` is `open` as Next has built it. */
  readonly respond: (request: Request, session: Session<Data>, openBeside: typeof open) => Promise<Response>
}
