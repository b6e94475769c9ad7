/** Whether this is `pnpm test:long`, the run of every night, and not the one of every change. */
export const IS_LONG: boolean = process.env['LONG'] === '1'

/** What only the long run tries besides. */
export const inLongRun = <const T>(...rows: readonly T[]): readonly T[] => (IS_LONG ? rows : [])
