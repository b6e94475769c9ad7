import { FIGURES } from './figures/all.ts'
import { measureFigure } from './figures/measure.ts'
import type { Findings, Goal } from './report.ts'
import type { Spread } from './statistics.ts'
import { structureOf } from './structure.ts'

/** How the packages are structured and what a write costs: one figure after another, each with its goal. */
export async function figures(): Promise<Findings> {
  const measured = Object.keys(FIGURES).map((name) => ({ name, goals: measureFigure(name) }))
  const missing = measured.filter(({ goals }) => goals.length === 0)
  return {
    tables: [],
    goals: measured.flatMap(({ goals }) => goals),
    notes: [
      ...missing.map(
        ({ name }) => `${name} is left out: a program that it needs is missing on this machine.`,
      ),
      `The longest chain of imports in core: ${structureOf('core').chain.join(' → ')}.`,
    ],
    chart: {
      title: 'Each figure relative to its goal',
      unit: 'the goal is 1; shorter is better',
      groups: measured.flatMap(({ goals }) =>
        goals.map((goal) => ({ title: goal.text, bars: [{ label: 'keepsake', value: shareOf(goal) }] })),
      ),
    },
  }
}

/** The figure as a share of its goal. */
const shareOf = ({ value: { median, p25, p75 }, limit }: Goal): Spread => ({
  median: median / limit,
  p25: p25 / limit,
  p75: p75 / limit,
})
