/** The names of the packages that a change affects, if `pnpm test --affected` has passed them on. */
const affected = process.env['AFFECTED']?.split(' ')

/** Whether tests of one of these packages are to run: always, but for a run of the tests that a change affects. */
export const isAffected = (...packages: readonly string[]): boolean =>
  affected === undefined || packages.some((name) => affected.includes(name))
