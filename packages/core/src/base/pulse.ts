import { SHARES_TIMERS } from './runtime.ts'

/** A watch that is polled. */
export interface PulseMember {
  /** Returns whether it had work; then it is polled again after all the others. Must not throw. */
  beat(): boolean
  /** The pulse has stopped permanently. */
  end(): void
}

/** How soon a watch sees a change that no store reports. */
const BEAT_MS = 500

/** The maximum of watches with work per beat, so that 10,000 watches do not query a store at once. */
const MAX_PER_BEAT = 1000

/**
 * One timer for all watches of an application, or one for each where timers cannot be shared. Runs while a watch has joined, and
 * does not keep the process alive.
 */
export function createPulse() {
  const members = new Set<PulseMember>()
  let timer: NodeJS.Timeout | undefined
  let isClosed = false

  function beat(): void {
    let busy = 0
    for (const member of members) {
      if (!member.beat()) continue
      if (members.delete(member)) members.add(member)
      if (++busy === MAX_PER_BEAT) return
    }
  }

  function leave(member: PulseMember): void {
    members.delete(member)
    if (members.size > 0) return
    clearInterval(timer)
    timer = undefined
  }

  function joinAlone(member: PulseMember): () => void {
    const own = setInterval(() => member.beat(), BEAT_MS)
    return () => {
      members.delete(member)
      clearInterval(own)
    }
  }

  return Object.freeze({
    /** Returns a function that leaves again. */
    join(member: PulseMember): () => void {
      if (isClosed) return () => undefined
      members.add(member)
      if (!SHARES_TIMERS) return joinAlone(member)
      timer ??= setInterval(beat, BEAT_MS).unref()
      return () => leave(member)
    },
    get isClosed(): boolean {
      return isClosed
    },
    /** Ends all watches. */
    close(): void {
      isClosed = true
      for (const member of members) {
        leave(member)
        member.end()
      }
    },
  })
}

export type Pulse = ReturnType<typeof createPulse>
