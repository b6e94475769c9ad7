import type { StoredSession } from '@keepsake/core'
import { InterruptedError } from '../command.ts'
import { createProgress } from '../progress.ts'
import type { Terminal } from '../terminal.ts'
import type { Filter } from './filter.ts'
import type { ManagedSessions } from './module.ts'

/** The sessions of an application, and who waits for what is done with them. */
export interface Work {
  readonly sessions: ManagedSessions
  readonly terminal: Terminal
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
}

/** Goes through the sessions that pass the filter. @throws {InterruptedError} that says how far it came. */
export async function* eachOf(
  { sessions, terminal, signal }: Work,
  filter: Filter,
): AsyncGenerator<StoredSession> {
  const { subject, matches } = filter
  // Nobody looks at a bar that is not drawn.
  const isBar = terminal.isInteractive && subject === undefined
  const total = isBar ? await unlessInterrupted(sessions.count(), signal) : undefined
  const progress = createProgress(terminal, 'read', total)
  try {
    for await (const session of sessions.all({ subject })) {
      if (signal.aborted) throw new InterruptedError(progress.text())
      progress.step()
      if (matches(session)) yield session
    }
  } finally {
    progress.end()
  }
}

/** What some work brings that cannot be ended halfway; Ctrl-C does not wait for it. */
export function unlessInterrupted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const interrupt = (): void => reject(new InterruptedError('the store was still counting'))
    if (signal.aborted) interrupt()
    signal.addEventListener('abort', interrupt, { once: true })
    work.then(resolve, reject)
  })
}
