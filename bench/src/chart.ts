import type { Spread } from './statistics.ts'

/** Groups of bars with one common scale. */
export interface Chart {
  readonly title: string
  /** The unit of the bars: `microseconds, shorter is better`. */
  readonly unit: string
  readonly groups: readonly BarGroup[]
}

export interface BarGroup {
  readonly title: string
  readonly bars: readonly Bar[]
}

interface Bar {
  readonly label: string
  readonly value: Spread
}

const WIDTH = 860
const LABEL = 270
const VALUE = 90
const ROW = 22
const GROUP = 36
const TOP = 64

/** The chart as a self-contained SVG that follows the reader's light or dark color scheme. */
export function drawChart(chart: Chart, caption: string): string {
  const length = scaleOf(chart)
  const parts: string[] = []
  let y = TOP
  for (const group of chart.groups) {
    parts.push(text(16, y + 20, group.title, 'group'))
    y += GROUP
    for (const bar of group.bars) {
      parts.push(drawBar(bar, y, length))
      y += ROW
    }
  }
  const height = y + 40
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img">`,
    `<title>${escaped(chart.title)}</title>`,
    STYLE,
    text(16, 28, chart.title, 'title'),
    text(16, 50, chart.unit, 'unit'),
    ...parts,
    text(16, height - 14, caption, 'unit'),
    '</svg>\n',
  ].join('\n')
}

function drawBar({ label, value }: Bar, y: number, length: (value: number) => number): string {
  const end = LABEL + length(value.median)
  const own = label.startsWith('keepsake') ? 'bar own' : 'bar'
  const middle = y + 8
  return [
    text(LABEL - 10, y + 12, label, 'label'),
    `<rect class="${own}" x="${LABEL}" y="${y}" width="${(end - LABEL).toFixed(1)}" height="16" rx="2"/>`,
    `<path class="range" d="M${(LABEL + length(value.p25)).toFixed(1)} ${middle}H${(LABEL + length(value.p75)).toFixed(1)}"/>`,
    text(Math.max(end, LABEL + length(value.p75)) + 8, y + 12, shortNumber(value.median), 'value'),
  ].join('')
}

/** A linear scale from zero; a logarithmic one if the largest value is more than 20 times the smallest. */
function scaleOf({ groups }: Chart): (value: number) => number {
  const values = groups.flatMap(({ bars }) => bars.flatMap(({ value }) => [value.median, value.p75]))
  const room = WIDTH - LABEL - VALUE
  const most = Math.max(...values)
  const least = Math.min(...values.filter((value) => value > 0))
  if (most / least <= 20) return (value) => (Math.max(value, 0) / most) * room
  const from = Math.log(least / 1.5)
  return (value) => (value <= 0 ? 0 : Math.max(0, (Math.log(value) - from) / (Math.log(most) - from)) * room)
}

const shortNumber = (value: number): string =>
  value >= 1000 ? Math.round(value).toLocaleString('en') : value.toPrecision(3)

const text = (x: number, y: number, content: string, style: string): string =>
  `<text class="${style}" x="${x.toFixed(1)}" y="${y}">${escaped(content)}</text>`

const escaped = (content: string): string =>
  content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

const STYLE = `<style>
text { font: 13px system-ui, sans-serif; fill: #24292f }
.title { font-size: 17px; font-weight: 600 } .group { font-weight: 600 } .unit { fill: #6e7781 }
.label { text-anchor: end } .value { fill: #57606a }
.bar { fill: #a9b4c0 } .own { fill: #1a7f5a } .range { stroke: #24292f; stroke-width: 1.5 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 } .unit, .value { fill: #8d96a0 } .bar { fill: #59636e } .own { fill: #3fb68b } .range { stroke: #e6edf3 }
}
</style>`
