/** The names of the packages that a change affects, if `pnpm test --affected` has passed them on. */
const affected = process.env['AFFECTED']?.split(' ')

/** Whether to run the tests of these packages: always, unless only affected tests are run and the change affects none of them. */
export const isAffected = (...packages: readonly string[]): boolean =>
  affected === undefined || packages.some((name) => affected.includes(name))
