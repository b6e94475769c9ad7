import type { StoredSession } from '@keepsake/core'
import { InterruptedError } from '../command.ts'
import { createProgress } from '../progress.ts'
import type { Terminal } from '../terminal.ts'
import type { Filter } from './filter.ts'
import type { ManagedSessions } from './module.ts'

/** The sessions of an application, and the terminal of the person who waits. */
export interface Work {
  readonly sessions: ManagedSessions
  readonly terminal: Terminal
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
}

/** Iterates over the sessions that match the filter. @throws {InterruptedError} that reports the progress. */
export async function* eachOf(
  { sessions, terminal, signal }: Work,
  filter: Filter,
): AsyncGenerator<StoredSession> {
  const { subject, matches } = filter
  // Without a bar, counting first would be wasted.
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

/** The result of work that cannot be interrupted; Ctrl-C does not wait for it. */
export function unlessInterrupted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const interrupt = (): void => reject(new InterruptedError('the store was still counting'))
    if (signal.aborted) interrupt()
    signal.addEventListener('abort', interrupt, { once: true })
    work.then(resolve, reject)
  })
}
