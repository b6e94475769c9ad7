/*
 * `pnpm --filter @keepsake/arrival fuzz`: a million values for each format, or as many as CASES says, and tells what was found.
 */
import { fuzz } from './fuzz.ts'
import { FORMATS } from './readers.ts'

const cases = Number(process.env['CASES'] ?? 1_000_000)
const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 32))
let failed = false
for (const format of FORMATS) {
  const { accepted, findings } = fuzz(format, format === 'h3' ? { rounds: [1] } : {}, { seed, cases })
  console.log(`${format}: ${cases} values, ${accepted} accepted, ${findings.length} findings, SEED=${seed}`)
  for (const finding of findings) console.error(finding)
  failed ||= findings.length > 0
}
if (failed) process.exitCode = 1
