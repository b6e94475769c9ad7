/** Prints the size of each package, and fails if one exceeds its limit in `size-limits.json`. */
import { LIMITS, sizeProblems, sizesOf } from './packages/sizes.ts'
import { report } from './run.ts'
import { publicPackages } from './workspace.ts'

const each = await Promise.all(publicPackages().map(sizesOf))
const sizes = Object.assign({}, ...each) as Readonly<Record<string, number>>
for (const [name, bytes] of Object.entries(sizes)) {
  console.log(`${name.padEnd(26)} ${`${bytes}`.padStart(6)} of ${`${LIMITS[name] ?? '?'}`.padStart(6)} bytes`)
}
report('sizes', sizeProblems(sizes, LIMITS))
