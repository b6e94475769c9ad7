/** Whether this is `pnpm test:long`, the nightly run, and not the run for every change. */
export const IS_LONG: boolean = process.env['LONG'] === '1'

/** Cases that only the long run includes. */
export const inLongRun = <const T>(...rows: readonly T[]): readonly T[] => (IS_LONG ? rows : [])
