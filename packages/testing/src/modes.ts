import { createSessions, type DataOptions, type Sessions, type SessionsOptions } from '@keepsake/core'
import { type AdapterSessions, OPEN, openVisit } from '@keepsake/core/adapter'
import type { Data } from './host.ts'

/** A mode in which a suite runs. */
export interface SuiteMode {
  readonly name: string
  createSessions(options: SessionsOptions & DataOptions<Data>): Sessions<Data>
}

/** Sealed sessions, and the same with every step delayed, so that responses have to wait as they do for a store. */
export const sealedModes: readonly SuiteMode[] = [
  { name: 'sealed', createSessions: (options) => createSessions<Data>(options) },
  {
    name: 'sealed, in slow motion',
    createSessions: (options) => inSlowMotion(createSessions<Data>(options)),
  },
]

/** The same sessions, opened and closed through promises that need a few turns of the event loop. */
export function inSlowMotion<D>(sessions: Sessions<D>): Sessions<D> {
  const slow: AdapterSessions<D> = {
    ...sessions,
    async [OPEN](source, options) {
      await turns()
      const visit = await openVisit(sessions, source, options)
      return {
        get session() {
          return visit.session
        },
        get needsSettling() {
          return visit.needsSettling
        },
        get saved() {
          return visit.saved
        },
        settle: () => visit.settle(),
        get needsCheck() {
          return visit.needsCheck
        },
        warn: (what, detail) => visit.warn(what, detail),
        returnWatch: visit.returnWatch,
        async close() {
          const headers = await visit.close()
          await turns()
          return headers
        },
      }
    },
  }
  return slow
}

async function turns(): Promise<void> {
  for (let left = 3; left > 0; left--) await new Promise(setImmediate)
}
