import { copied } from './secret-cache.ts'
import type { Stamps } from './stamp.ts'

/** The maximum of cached stamps: one for each recent browser, in a few megabytes. */
const MAX_STAMPS = 8192

/** The time of a stamp, with its purpose and its text. */
interface Known {
  readonly purpose: string
  readonly about: string
  readonly time: number
}

/**
 * Does not verify recently read stamps again, because a browser sends the same one with every request for minutes. Only valid
 * ones are cached, so that forged ones evict nothing. Whether a time is still valid is decided elsewhere, for every request.
 */
export function withStampCache(stamps: Stamps): Stamps {
  let cached = new Map<string, Known>()

  return Object.freeze<Stamps>({
    write: (purpose, time, about) => stamps.write(purpose, time, about),
    timeIn(stamp, purpose, about) {
      const known = typeof stamp === 'string' ? cached.get(stamp) : undefined
      if (known?.purpose === purpose && known.about === about) return known.time
      const time = stamps.timeIn(stamp, purpose, about)
      if (time === undefined || typeof stamp !== 'string') return time
      if (cached.size >= MAX_STAMPS) cached = new Map()
      cached.set(copied(stamp), { purpose, about, time })
      return time
    },
  })
}
