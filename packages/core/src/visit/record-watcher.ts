import type { InForce, Loaded, Mode, RecordWatch } from '../modes/mode.ts'
import type { SessionChange } from '../session/state.ts'
import { expiryOf, type Lifetime } from '../record/lifetime.ts'
import { StoreError } from '../base/errors.ts'
import type { Trace } from '../base/trace.ts'
import type { Shape } from '../record/shape.ts'

/** The visit whose session is watched. Its own changes are not reported. */
export interface Watched {
  /** The record in force, after any running commit; undefined if there is none yet, or any more. */
  inForce(): Promise<InForce | undefined>
  /** Whether the request brought a session. */
  readonly hasBegun: boolean
  /** Calls `committed` after each commit of the visit; returns a function that stops this. */
  onCommit(committed: () => void): () => void
}

export interface RecordWatcherSetup {
  readonly mode: Mode
  readonly shape: Shape
  readonly lifetime: Lifetime
  readonly trace: Trace
  /** Epoch seconds. */
  readonly now: () => number
}

/** The state of a watched record. */
export interface RecordWatcher {
  /** The change since the last look; undefined: none, or the store cannot tell. */
  look(): Promise<SessionChange | undefined>
  /** Whether to look although the store has reported no change. */
  isDue(): boolean
  /** Stops listening permanently. */
  release(): void
}

/** A record that this server rejects counts as ended for its watches. */
const UNFIT: Loaded = Object.freeze({ reason: 'unfit', record: undefined })

/** A store that notifies is polled too, but rarely: a message may get lost, and a broken connection go unnoticed. */
const SELDOM_MS = 30_000

/** `told` is called when the store reports a change. */
export function createRecordWatcher(
  setup: RecordWatcherSetup,
  watched: Watched,
  told: () => void,
): RecordWatcher {
  const { mode, shape, lifetime, trace, now } = setup
  /** The record that the visit has. */
  let own: InForce | undefined
  /** The newest one that was seen in its place. */
  let seen: InForce | undefined
  let watchRecord: RecordWatch | undefined
  let unlisten: (() => void) | undefined
  let hasBegun = watched.hasBegun
  let isReleased = false
  let isFailing = false
  let dueAt = 0

  function stopListening(): void {
    unlisten?.()
    unlisten = undefined
  }

  /** Follows the visit's own commits. */
  function follow(record: InForce | undefined): void {
    if (record === own) return
    stopListening()
    own = record
    seen = record
    hasBegun ||= record !== undefined
    watchRecord = record && mode.watchRecord?.(record)
  }

  async function listen(): Promise<void> {
    if (unlisten !== undefined || watchRecord?.listen === undefined) return
    unlisten = await watchRecord.listen(told)
    if (isReleased) stopListening()
  }

  /** Listens before it looks, so that no change in between is missed. */
  async function ask(from: RecordWatch): Promise<Loaded | undefined> {
    try {
      await listen()
      const loaded = await from.look(now())
      isFailing = false
      dueAt = unlisten === undefined ? 0 : performance.now() + SELDOM_MS * (0.5 + Math.random())
      const { reason, record } = loaded
      if (record === undefined) return loaded
      const known = shape.record(record)
      return known === undefined ? UNFIT : { reason, record: known }
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      if (!isFailing && seen !== undefined) trace.watchFailed(seen.sid)
      isFailing = true
      dueAt = 0
      return undefined
    }
  }

  return {
    async look() {
      follow(await watched.inForce())
      if (seen === undefined) return hasBegun ? 'revoked' : undefined
      if (watchRecord === undefined) return isOver(seen) ? 'expired' : undefined
      const loaded = await ask(watchRecord)
      // A commit of the visit itself in the meantime is followed first.
      if (loaded === undefined || (await watched.inForce()) !== own) return undefined
      const change = changeOf(seen, loaded, now())
      if (loaded.record !== undefined) seen = withoutContent(loaded.record)
      return change
    },
    isDue() {
      if (seen === undefined) return false
      return (watchRecord !== undefined && performance.now() >= dueAt) || isOver(seen)
    },
    release() {
      isReleased = true
      stopListening()
    },
  }

  function isOver(record: InForce): boolean {
    return expiryOf(lifetime, record, now()) !== undefined
  }
}

/** A store may be early by a second. */
const EARLY = 1

/** A record that a request could no longer open has ended. One that was only renewed has not changed. */
function changeOf(seen: InForce, { reason, record }: Loaded, now: number): SessionChange | undefined {
  if (record === undefined) {
    const isExpired = reason.startsWith('expired_') || now >= seen.expires - EARLY
    return isExpired ? 'expired' : 'revoked'
  }
  return record.text === seen.text && record.permanent === seen.permanent ? undefined : 'changed'
}

/** Many sessions are watched, so the text's content is not kept in memory. */
function withoutContent({
  sid,
  created,
  issued,
  expires,
  permanent,
  text,
  subject,
  place,
}: InForce): InForce {
  return { sid, created, issued, expires, permanent, text, subject, place }
}
