/**
 * `node src/page.ts keep` publishes the last run in `docs/performance.md`: it copies the JSON to `bench/kept` and the
 * charts to `docs/images`, and writes tables and verdicts into the page. It rejects a run that began on a busy machine.
 * `node src/page.ts check` fails if the page differs from the kept run.
 */
import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { noiseLines, whyNotKept } from './noise.ts'
import { captionOf, KEPT, type KeptFindings, lineOf, RESULTS } from './report.ts'
import { linesOf } from './table.ts'

const PAGE = new URL('../../docs/performance.md', import.meta.url)
const IMAGES = new URL('../../docs/images/', import.meta.url)

if (process.argv[2] === 'keep') keep()
else if (process.argv[2] === 'check') check()
else throw new Error('expected the argument keep or check')

function keep(): void {
  const refusal = whyNotKept(findingsIn(RESULTS))
  if (refusal !== undefined) {
    console.error(refusal)
    process.exitCode = 1
    return
  }
  for (const file of readdirSync(RESULTS)) {
    if (file.endsWith('.json')) copyFileSync(new URL(file, RESULTS), new URL(file, KEPT))
    if (file.endsWith('.svg')) copyFileSync(new URL(file, RESULTS), new URL(`bench-${file}`, IMAGES))
  }
  writeFileSync(PAGE, filled(readFileSync(PAGE, 'utf8')))
}

function check(): void {
  const page = readFileSync(PAGE, 'utf8')
  if (page === filled(page)) return
  console.error('docs/performance.md differs from bench/kept: run "pnpm --filter bench keep"')
  process.exitCode = 1
}

/** The page with the kept run between each pair of marks, `<!-- bench NAME -->` and `<!-- end -->`. */
function filled(page: string): string {
  return page.replaceAll(
    /(<!-- bench (\w+) -->\n)[^]*?(<!-- end -->)/g,
    (_, begin: string, name: string, end: string) => [begin, sectionOf(name), end].join('\n'),
  )
}

/** The files of a folder, ordered by name. */
function findingsIn(folder: URL): readonly KeptFindings[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .toSorted()
    .map((file) => JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as KeptFindings)
}

function sectionOf(name: string): string {
  if (name === 'noise') return noiseLines(findingsIn(KEPT)).join('\n')
  const file = new URL(`${name}.json`, KEPT)
  if (!existsSync(file)) return `No run of it has been kept; \`npx --yes pnpm@12 bench ${name}\` makes one.\n`
  const found = JSON.parse(readFileSync(file, 'utf8')) as KeptFindings
  const { tables, goals, notes = [], chart } = found
  const lines = [`![${chart.title}](images/bench-${name}.svg)`, '', `${captionOf(found)}.`, '']
  for (const goal of goals) lines.push(`* ${lineOf(goal)}`)
  for (const note of notes) lines.push(`* ${note}`)
  for (const table of tables) lines.push(...linesOf(table))
  return `${lines.join('\n')}\n`
}
