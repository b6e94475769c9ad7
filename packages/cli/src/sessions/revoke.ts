import { type Outcome, InterruptedError, RefusedError, UsageError } from '../command.ts'
import { createProgress } from '../progress.ts'
import { eachOf, type Work } from './each.ts'
import type { Filter } from './filter.ts'

/** How many sessions are revoked concurrently. */
const BATCH = 16

/** Revokes one session; with a subject, only if the session belongs to it. */
export async function revokeOne(
  { sessions }: Work,
  handle: string,
  subject: string | undefined,
): Promise<Outcome> {
  const known = subject === undefined ? await sessions.find(handle) : { subject }
  const revoked = known === undefined ? false : await sessions.revoke(handle, { subject: known.subject })
  const text =
    revoked === undefined ? 'revoked, if it existed' : revoked ? 'revoked' : 'there is no such session'
  return { code: revoked === false ? 1 : 0, text, json: { revoked: revoked ?? null } }
}

/** Revokes all sessions that match the filter, after confirmation. */
export async function revokeMany(work: Work, filter: Filter, isSure: boolean): Promise<Outcome> {
  checkAsked(work, isSure)
  if (filter.isBare && filter.subject !== undefined) return revokeSubject(work, filter.subject, isSure)
  const handles: string[] = []
  for await (const { handle } of eachOf(work, filter)) handles.push(handle)
  if (handles.length > 0) await confirm(work, sessionsIn(handles.length), isSure)
  return revokeEach(work, handles, filter)
}

/** One call of core, which also covers sessions that start or arrive meanwhile; in cookie mode there is no other way. */
async function revokeSubject(work: Work, subject: string, isSure: boolean): Promise<Outcome> {
  await confirm(work, 'all sessions of this subject', isSure)
  const revoked = await work.sessions.revokeAll(subject)
  const text = revoked === undefined ? 'all revoked; their number is unknown' : `${revoked} revoked`
  return { code: 0, text, json: { revoked: revoked ?? null } }
}

async function revokeEach(work: Work, handles: readonly string[], filter: Filter): Promise<Outcome> {
  const { sessions, terminal, signal } = work
  const progress = createProgress(terminal, 'revoked', handles.length)
  /** Reads the session again: it may have been used meanwhile, and no longer match. */
  const end = async (handle: string): Promise<void> => {
    const session = await sessions.find(handle)
    const isMeant = session !== undefined && filter.matches(session)
    if (isMeant && (await sessions.revoke(handle, { subject: session.subject }))) revoked++
    progress.step()
  }
  let revoked = 0
  try {
    for (let n = 0; n < handles.length; n += BATCH) {
      await Promise.all(handles.slice(n, n + BATCH).map(end))
      // Let signals in: a store in this process never waits for I/O.
      await new Promise((resolve) => setImmediate(resolve))
      if (signal.aborted && n + BATCH < handles.length) throw new InterruptedError(farOf(revoked, handles))
    }
  } catch (error) {
    if (error instanceof InterruptedError) throw error
    const message = error instanceof Error ? error.message : String(error)
    throw new Error(`${message}; ${farOf(revoked, handles)}`, { cause: error })
  } finally {
    progress.end()
  }
  return { code: 0, text: `${revoked} revoked`, json: { revoked } }
}

const farOf = (revoked: number, { length }: readonly string[]): string => `${revoked} of ${length} revoked`

const sessionsIn = (count: number): string => (count === 1 ? '1 session' : `${count} sessions`)

/** @throws {RefusedError} if there is no terminal to ask on. */
function checkAsked({ terminal }: Work, isSure: boolean): void {
  if (!isSure && !terminal.isInteractive)
    throw new RefusedError(
      'no terminal to ask for confirmation; nothing was revoked. --yes revokes without asking',
    )
}

async function confirm({ terminal, signal }: Work, what: string, isSure: boolean): Promise<void> {
  if (isSure) return
  const answer = await terminal.ask(`Revoke ${what}? [y/N] `)
  if (signal.aborted) throw new InterruptedError('nothing was revoked')
  if (!/^y(?:es)?$/i.test(answer.trim())) throw new RefusedError('nothing was revoked')
}

/** @throws {UsageError} if neither a handle, a filter nor `--all` is given. */
export function checkMeant(filter: Filter, isAll: boolean): void {
  const isNamed = !filter.isBare || filter.subject !== undefined
  if (!isNamed && !isAll) throw new UsageError('revoke: give a HANDLE, a filter, or --all')
  if (isNamed && isAll) throw new UsageError('revoke: --all cannot be combined with a filter')
}
