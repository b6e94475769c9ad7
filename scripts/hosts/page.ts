import { featuresOf, type Lack, missingOf, type Result, type Results } from './results.ts'

const MARKS = { from: '<!-- drawn from the results -->', to: '<!-- the end of what is drawn -->' } as const

/** The page with the results instead of earlier ones. */
export function drawn(page: string, results: Results, readmeOf: (file: string) => string): string {
  const start = page.indexOf(MARKS.from)
  const end = page.indexOf(MARKS.to)
  if (start === -1 || end < start) throw new Error(`the page needs ${MARKS.from} and ${MARKS.to}`)
  const sections = [hostsOf(results), featureTable(results), lacksOf(results, readmeOf)]
  return [page.slice(0, start + MARKS.from.length), ...sections, page.slice(end)].join('\n\n')
}

/** `packages/koa/test/suite.test.ts` belongs to `koa`. */
export const packageOf = (file: string): string => file.split('/')[1] ?? ''

const unique = (values: readonly string[]): string[] => [...new Set(values)]
const rowOf = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [rowOf(head), `|${'---|'.repeat(head.length)}`, ...rows.map(rowOf)].join('\n')

/** A table of hosts by modes, with the result of each run. */
function hostsOf({ results, lacks }: Results): string {
  const modes = unique(results.map(({ mode }) => mode)).sort()
  const hosts = new Map(results.map((result) => [`${result.host}, ${result.protocol}`, result]))
  const rows = [...hosts.values()].map(({ file, host, protocol }) => {
    const runs = results.filter((one) => one.host === host && one.protocol === protocol)
    const cells = modes.map((mode) =>
      markOf(
        results,
        lacks,
        runs.filter((run) => run.mode === mode),
      ),
    )
    return [`[${host}](../${file})`, `\`@keepsake/${packageOf(file)}\``, protocolName(protocol), ...cells]
  })
  return `## Hosts and modes\n\n${table(['host', 'package', 'connection', ...modes], rows)}`
}

/** A table of features by packages, with what all hosts of a package have passed in all modes. */
function featureTable({ results, lacks }: Results): string {
  const packages = unique(results.map(({ file }) => packageOf(file)))
  const rows = featuresOf(results).map((feature) => [
    feature,
    ...packages.map((name) => {
      const runs = results.filter(({ file }) => packageOf(file) === name)
      return markOf(results, lacks, runs, [feature])
    }),
  ])
  return `## Features\n\n${table(['scenarios about', ...packages], rows)}`
}

/** A check mark if the runs passed all scenarios that others passed; otherwise what their hosts cannot do. */
function markOf(
  results: readonly Result[],
  lacks: readonly Lack[],
  runs: readonly Result[],
  features: readonly string[] = featuresOf(results),
): string {
  if (runs.length === 0) return 'not tried'
  const missing = (run: Result): string[] => features.flatMap((feature) => missingOf(results, run, feature))
  const partial = runs.filter((run) => missing(run).length > 0)
  const named = lacks.filter(({ file, host, what }) =>
    partial.some(
      (run) => run.file === file && run.host === host && missing(run).some((title) => title.includes(what)),
    ),
  )
  return partial.length === 0 ? '✓' : `✓ without ${unique(named.map(({ what }) => what)).join(', ')}`
}

/** The reason is the line of the README that names the limit. */
function lacksOf({ lacks }: Results, readmeOf: (file: string) => string): string {
  const lines = lacks.map(({ file, what }) => {
    const name = packageOf(file)
    const line = readmeOf(file)
      .split('\n')
      .find((line) => line.toLowerCase().includes(what))
    return `* ${what}: [\`@keepsake/${name}\`](../packages/${name}/README.md) says: ${line?.replace(/^\* /, '') ?? ''}`
  })
  return `## What a host cannot do\n\n${unique(lines).join('\n')}`
}

const protocolName = (protocol: string): string =>
  ({ 'http/1.1': 'HTTP/1.1', h2: 'HTTP/2' })[protocol] ?? 'none: called with a `Request`'
