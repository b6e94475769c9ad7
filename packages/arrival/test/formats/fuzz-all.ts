/*
 * `pnpm --filter @keepsake/arrival fuzz` tries a million values for each format, or the number in CASES, and prints its
 * findings. With arguments, only the formats of these names.
 */
import { fuzz, type Target } from './fuzz.ts'
import { FORMATS } from './readers.ts'
import { linesOf, readersOf } from './targets.ts'

const cases = Number(process.env['CASES'] ?? 1_000_000)
const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 32))

/** Without the many rounds of h3, which cost two milliseconds for each invalid value. */
const CHEAP = { rounds: [1] }

const all: readonly (readonly [string, readonly Target[]])[] = [
  ...FORMATS.map((format) => [format, readersOf(format, format === 'h3' ? CHEAP : {})] as const),
  ['npm', linesOf()],
]

const asked = process.argv.slice(2)
for (const [name, targets] of all.filter(([name]) => asked.length === 0 || asked.includes(name))) {
  const { accepted, findings } = fuzz(targets, { seed, cases })
  console.log(`${name}: ${cases} values, ${accepted} accepted, ${findings.length} findings, SEED=${seed}`)
  for (const finding of findings) console.error(finding)
  if (findings.length > 0) process.exitCode = 1
}
