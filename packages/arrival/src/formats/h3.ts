import { isRefused } from '../codecs/outcome.ts'
import { openIron } from '../codecs/iron.ts'
import { asFields, asNumber } from '../codecs/json.ts'
import { readerOf } from '../codecs/reader.ts'
import { MALFORMED, type Reader } from '../reading.ts'

/** What an application of h3 (Nitro, Nuxt, TanStack Start) seals its cookies with. */
export interface H3Keys {
  readonly password: string
  /** `maxAge` in seconds, counted from the beginning of the session. */
  readonly maxAge: number | undefined
  /** `idleTimeout` in seconds, counted from the last visit. */
  readonly idleTimeout: number | undefined
  /**
   * Rounds of PBKDF2, fewest first: h3 2.0.8 writes seals of 8,192 and reads those of one, as all before it wrote.
   * A value that nobody has sealed costs 8,192 rounds, 2 ms: without them where the application has none such.
   */
  readonly rounds: readonly number[]
}

/** What h3 has where nobody has set something else. */
export const H3_DEFAULTS: Omit<H3Keys, 'password'> = Object.freeze({
  maxAge: undefined,
  idleTimeout: undefined,
  rounds: [1, 8192],
})

/** Reads the cookie of `useSession`, whole or of chunks that were joined. */
export function readH3({ password, maxAge, idleTimeout, rounds }: H3Keys): Reader {
  const keys = { passwordOf: () => password, rounds }
  return readerOf((value) => {
    const opened = openIron(value, keys)
    if (isRefused(opened)) return opened
    const { fields, signed, endsAt } = opened
    const data = asFields(fields['data'])
    const beganAt = seconds(fields['createdAt'])
    if (data === undefined || beganAt === undefined) return MALFORMED
    const seenAt = seconds(fields['lastSeenAt']) ?? beganAt
    const ends = [endsAt, after(beganAt, maxAge), after(seenAt, idleTimeout)]
    return { data, signed, beganAt, endsAt: earliest(ends), permanent: (maxAge ?? idleTimeout) !== undefined }
  })
}

function seconds(value: unknown): number | undefined {
  const milliseconds = asNumber(value)
  return milliseconds === undefined ? undefined : milliseconds / 1000
}

const after = (time: number, duration: number | undefined): number | undefined =>
  duration === undefined ? undefined : time + duration

function earliest(times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined)
  return known.length === 0 ? undefined : Math.min(...known)
}
