import { type Arrival, ConfigError, type Duration } from '@keepsake/core'
import { arrivalOf } from '../arrival.ts'
import type { Secret } from '../codecs/bytes.ts'
import { openIron } from '../codecs/iron.ts'
import { readerOf } from '../codecs/reader.ts'
import { PARTS } from '../cookie-parts.ts'
import { readForeignSecret } from '../keys.ts'
import { type ArrivalOptions, type ForeignCookieOptions, needName, readSeconds } from '../options.ts'
import { isRefused, type Reader } from '../reading.ts'
import { isObject } from '../text.ts'

export interface IronSessionOptions extends ArrivalOptions {
  /** `password`: a single one, or several by the numbers that seals name. */
  readonly password: string | Readonly<Record<string, string | undefined>> | undefined
  /** `ttl`: a seal was made this long before its expiry. With 0, seals do not expire. Default `'14d'`. */
  readonly ttl?: Duration | undefined
  readonly cookie: ForeignCookieOptions & { readonly name: string }
}

/** Sessions of iron-session 8 and 9. */
export function ironSession(options: IronSessionOptions): Arrival {
  return arrivalOf(
    {
      library: 'ironSession',
      cookie: '',
      parts: PARTS.chunked,
      options: ['password', 'ttl'],
      prepare({ password, ttl }, name) {
        needName('ironSession', name)
        return {
          read: readIronSession({
            passwords: readPasswords(password),
            ttl: readSeconds('ironSession.ttl', ttl, IRON_SESSION_DEFAULTS.ttl),
          }),
        }
      },
    },
    options,
  )
}

function readPasswords(given: unknown): ReadonlyMap<string, Secret> {
  const byId =
    isObject(given) && !(given instanceof Uint8Array) ? Object.entries(given) : [['1', given] as const]
  if (byId.length === 0)
    throw new ConfigError('ironSession.password', 'expected the password of the previous application')
  return new Map(
    byId.map(([id, password]) => [id, readForeignSecret('ironSession.password', password).export()] as const),
  )
}

/** The keys with which an application of iron-session 8 or 9 seals its cookies. */
export interface IronSessionKeys {
  /** By id; a single password has the id `1`. */
  readonly passwords: ReadonlyMap<string, Secret>
  /** `ttl` in seconds: a seal was made this long before its expiry. With 0, seals do not expire. */
  readonly ttl: number
}

/** iron-session's defaults. */
export const IRON_SESSION_DEFAULTS: Omit<IronSessionKeys, 'passwords'> = Object.freeze({ ttl: 14 * 86_400 })

/** Reads the cookie of iron-session, after its chunks are joined. */
export function readIronSession({ passwords, ttl }: IronSessionKeys): Reader {
  const keys = { passwordOf: (id: string) => passwords.get(id), rounds: [1] }
  return readerOf((value, now) => {
    // Text after `~` is not signed, so it is ignored.
    const opened = openIron(value.split('~', 1)[0] ?? '', keys)
    if (isRefused(opened)) return opened
    const { fields, signed, statedEnd = NaN, endsAt } = opened
    // A start in the future means that the application has another, unknown `ttl`.
    const beganAt = statedEnd - ttl >= 0 && statedEnd - ttl <= now ? statedEnd - ttl : undefined
    // Its cookies have a Max-Age, unless the application has removed it.
    return { data: fields, signed, beganAt, endsAt, permanent: true }
  })
}
