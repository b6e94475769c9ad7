/** The last point in time, in epoch seconds: it takes five bytes. */
export const MAX_TIME = 2 ** 40 - 1

/** 400 days: browsers cut a longer Max-Age to this (rfc6265bis §5.5), so a longer one is rejected rather than shortened. */
export const MAX_AGE_LIMIT = 34_560_000

/** Milliseconds since `begin`, to the microsecond. */
export const since = (begun: number | undefined): number | undefined =>
  begun === undefined ? undefined : Math.round((performance.now() - begun) * 1000) / 1000
