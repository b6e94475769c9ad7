import { endOf, expiryOf, isRenewalDue, type Lifetime, type Times } from '../src/record/lifetime.ts'
import type { Choices } from './choices.ts'
import { expectThat, type Target } from './target.ts'

const LIMITS = [1, 2, 59, 60, 61, 119, 120, 3600, 86_400, Infinity] as const
const STEPS = [
  -86_400, -3600, -61, -60, -59, -1, 0, 0, 1, 59, 60, 61, 119, 120, 3599, 3600, 3601, 86_400,
] as const
const START = 1_800_000_000

const anyLifetime = (choices: Choices): Lifetime => ({
  idle: choices.pick(LIMITS),
  absolute: choices.pick(LIMITS),
  permanent: Math.min(choices.pick(LIMITS), 34_560_000),
  permanentIdle: choices.pick(LIMITS),
})

/** One request: reads the session if it is alive, and sometimes writes it, like a visit. */
function visited(lifetime: Lifetime, times: Times, now: number, choices: Choices): Times | undefined {
  if (expiryOf(lifetime, times, now) !== undefined) return undefined
  if (!isRenewalDue(lifetime, times, now) && !choices.once(5)) return times
  const permanent = choices.once(20) ? choices.pick([true, false, 1, 60, 86_400]) : times.permanent
  const issued = Math.max(now, times.created)
  return { ...times, permanent, issued, expires: endOf(lifetime, times.created, issued, permanent) }
}

/** Time limits with a clock that jumps, also backwards: no session outlives a limit, and none ends without a reason. */
export const times: Target = {
  name: 'times',
  prepare: () => (choices) => {
    let lifetime = anyLifetime(choices)
    const trace: unknown[] = [lifetime]
    let now = START
    let session: Times | undefined = {
      created: now,
      issued: now,
      expires: endOf(lifetime, now, now, false),
      permanent: false,
    }
    for (let left = 12; left > 0 && session !== undefined; left--) {
      now += choices.pick(STEPS)
      // The configuration changes sometimes; sessions that were issued before continue.
      if (choices.once(4)) lifetime = anyLifetime(choices)
      const before: Times = session
      trace.push({ now, before, lifetime })
      const own = typeof before.permanent === 'number' ? before.permanent : Infinity
      const limit = before.permanent ? Math.min(own, lifetime.permanent) : lifetime.absolute
      const idle = before.permanent ? lifetime.permanentIdle : lifetime.idle
      const isOver =
        now >= before.created + limit ||
        now >= before.issued + idle ||
        now >= before.expires ||
        before.issued > now + 60
      expectThat((expiryOf(lifetime, before, now) !== undefined) === isOver, 'misjudges the end', trace)
      session = visited(lifetime, before, now, choices)
      if (session === undefined) return
      expectThat(session.created === START, 'moved the beginning', trace)
      expectThat(
        Number.isInteger(session.expires) && session.issued >= session.created,
        'has odd times',
        trace,
      )
    }
  },
}
