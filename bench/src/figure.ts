/**
 * Measures single figures of the page: `pnpm --filter bench figure NAME …`. Needs no build; runs from the sources.
 * Use it to see within a minute how a change affects the cost of a write. Figures to keep are measured with all the others.
 */
import { loadavg } from 'node:os'
import { FIGURES } from './figures/all.ts'
import { measureFigure } from './figures/measure.ts'
import { lineOf } from './report.ts'

const names = process.argv.slice(2)
const unknown = names.filter((name) => !Object.hasOwn(FIGURES, name))

if (names.length === 0 || unknown.length > 0) {
  const asked = unknown.length === 0 ? 'The figure is missing' : `Unknown figure ${unknown.join(' ')}`
  console.error(`${asked}; expected one of ${Object.keys(FIGURES).join(', ')}.`)
  process.exitCode = 1
} else {
  for (const name of names) {
    const goals = measureFigure(name)
    for (const goal of goals) console.log(lineOf(goal))
    if (goals.length === 0)
      console.log(`${name}: skipped, because a program that it needs is missing on this machine`)
  }
  console.log(`with a load average of ${loadavg()[0]?.toFixed(1)}, up to 1 of it by this run`)
}
