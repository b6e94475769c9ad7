import { isRefused } from '../codecs/outcome.ts'
import { openIron } from '../codecs/iron.ts'
import { readerOf } from '../codecs/reader.ts'
import type { Reader } from '../reading.ts'

/** What an application of iron-session 8 or 9 seals its cookies with. */
export interface IronSessionKeys {
  /** By id; a single password has the id `1`. */
  readonly passwords: ReadonlyMap<string, string>
  /** `ttl` in seconds: from it and the end follows when a seal was made. With 0 seals do not end. */
  readonly ttl: number
}

/** What iron-session has where nobody has set something else. */
export const IRON_SESSION_DEFAULTS: Omit<IronSessionKeys, 'passwords'> = Object.freeze({ ttl: 14 * 86_400 })

/** Reads the cookie of iron-session, whole or of chunks that were joined. */
export function readIronSession({ passwords, ttl }: IronSessionKeys): Reader {
  const keys = { passwordOf: (id: string) => passwords.get(id), rounds: [1] }
  return readerOf((value, now) => {
    // What follows `~` is outside of the signature: it is cut off, and decides nothing.
    const opened = openIron(value.split('~', 1)[0] ?? '', keys)
    if (isRefused(opened)) return opened
    const { fields, signed, statedEnd = NaN, endsAt } = opened
    // Where it would be ahead, the application has another `ttl`, and nothing tells.
    const beganAt = statedEnd - ttl <= now ? statedEnd - ttl : undefined
    // Its cookies have a Max-Age, unless the application has taken it away.
    return { data: fields, signed, beganAt, endsAt, permanent: true }
  })
}
