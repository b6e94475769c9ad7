import { type Arrival, ConfigError, type Duration } from '@keepsake/core'
import { arrivalOf } from '../arrival.ts'
import { type Secret } from '../codecs/bytes.ts'
import { openIron } from '../codecs/iron.ts'
import { readerOf } from '../codecs/reader.ts'
import { asNumber } from '../codecs/values.ts'
import { PARTS } from '../cookie-parts.ts'
import { type ForeignSecret, readForeignSecret } from '../keys.ts'
import { type ArrivalOptions, readSeconds } from '../options.ts'
import { isRefused, MALFORMED, type Reader } from '../reading.ts'
import { asFields } from '../text.ts'

export interface H3Options extends ArrivalOptions {
  /** `password`. */
  readonly password: ForeignSecret | undefined
  /** `maxAge`, counted from the beginning of the session. Default: none. */
  readonly maxAge?: Duration | undefined
  /** `idleTimeout`, counted from the last visit. Default: none. */
  readonly idleTimeout?: Duration | undefined
  /**
   * Of PBKDF2: h3 2.0.8 and newer seal with 8,192, older versions with 1. Default: both are tried. An invalid seal then costs
   * 2 ms and a valid one 5 ms, so at most 100 are read per second; with `1` there is no such limit.
   */
  readonly rounds?: 1 | 8192 | undefined
}

/** Uses at most half of one processor. */
const COSTLY_PER_SECOND = 100

/** Sessions of h3 1 and 2 (`useSession`), and so also of Nitro, Nuxt and TanStack Start. */
export function h3(options: H3Options): Arrival {
  return arrivalOf(
    {
      library: 'h3',
      cookie: 'h3',
      parts: PARTS.countedChunks,
      options: ['password', 'maxAge', 'idleTimeout', 'rounds'],
      prepare({ password, maxAge, idleTimeout, rounds }) {
        return {
          read: readH3({
            password: readForeignSecret('h3.password', password).export(),
            maxAge: readSeconds('h3.maxAge', maxAge, H3_DEFAULTS.maxAge),
            idleTimeout: readSeconds('h3.idleTimeout', idleTimeout, H3_DEFAULTS.idleTimeout),
            rounds: readRounds(rounds),
          }),
          perSecond: rounds === 1 ? undefined : COSTLY_PER_SECOND,
        }
      },
    },
    options,
  )
}

function readRounds(given: unknown): readonly number[] {
  if (given === undefined) return H3_DEFAULTS.rounds
  if (given === 1 || given === 8192) return [given]
  throw new ConfigError('h3.rounds', 'expected 1 or 8192, or leave it out to try both')
}

/** The keys with which an application of h3 (Nitro, Nuxt, TanStack Start) seals its cookies. */
export interface H3Keys {
  readonly password: Secret
  /** In seconds. */
  readonly maxAge: number | undefined
  /** In seconds. */
  readonly idleTimeout: number | undefined
  /** The smallest first, because failed attempts cost that many rounds. */
  readonly rounds: readonly number[]
}

/** h3's defaults. */
export const H3_DEFAULTS: Omit<H3Keys, 'password'> = Object.freeze({
  maxAge: undefined,
  idleTimeout: undefined,
  rounds: [1, 8192],
})

/** Reads the cookie of `useSession`, after its chunks are joined. */
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
