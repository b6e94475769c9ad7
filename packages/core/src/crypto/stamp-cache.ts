import type { Stamps } from './stamp.ts'

/** Stamps that are cached at most: one for each browser that was here lately, in a few megabytes. */
const MAX_STAMPS = 8192

/** What a stamp says, and what it says it for. */
interface Known {
  readonly purpose: string
  readonly about: string
  readonly time: number
}

/**
 * Stamps that were read lately are not hashed again: a browser sends the same one with every request for minutes. Only authentic
 * ones are cached, so that forged ones push nothing out; whether a time still counts is decided elsewhere, anew for every request.
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

/** A text of its own: one that was cut out of a header would keep the whole header in memory. */
const copied = (stamp: string): string => Buffer.from(stamp, 'latin1').toString('latin1')
