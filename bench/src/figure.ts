/**
 * Measures some figures of the page by themselves: `pnpm --filter bench figure NAME …`, without a build, on the sources as they
 * are. For whoever changes what a write costs and wants to know within a minute; what is kept is measured with all the rest.
 */
import { loadavg } from 'node:os'
import { FIGURES } from './figures/all.ts'
import { measureFigure } from './figures/measure.ts'
import { lineOf } from './report.ts'

const names = process.argv.slice(2)
const unknown = names.filter((name) => !Object.hasOwn(FIGURES, name))

if (names.length === 0 || unknown.length > 0) {
  const asked = unknown.length === 0 ? 'Name a figure' : `There is no figure ${unknown.join(' ')}`
  console.error(`${asked}; there are ${Object.keys(FIGURES).join(', ')}.`)
  process.exitCode = 1
} else {
  for (const name of names) {
    const goals = measureFigure(name)
    for (const goal of goals) console.log(lineOf(goal))
    if (goals.length === 0) console.log(`${name}: what it needs is missing on this machine`)
  }
  console.log(`with a load average of ${loadavg()[0]?.toFixed(1)}, of which this run has made up to 1`)
}
