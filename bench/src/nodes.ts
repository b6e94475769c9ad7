import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { SIZES } from './data.ts'
import { findNodes, type NodeVersion } from './nodes/versions.ts'
import { showProgress } from './progress.ts'
import { type Findings, shownRatio, shownSpread } from './report.ts'
import { ratioOf, spreadOf } from './statistics.ts'
import type { Table } from './table.ts'

/** The results of one codec for one size on one Node: microseconds of CPU for a seal and an open, one value per round. */
export interface NodeSeries {
  readonly size: string
  readonly codec: string
  readonly cpu: readonly number[]
}

const CHILD = fileURLToPath(new URL('nodes/child.ts', import.meta.url))
/** How many times each Node is started, in turn with the others. */
const PASSES = 3
const OWN = 'keepsake'

/** The codecs on each Node release line: the cost of `node:crypto` differs between them. */
export async function nodes(): Promise<Findings> {
  showProgress('nodes: looking for them')
  const versions = findNodes()
  const passes = Array.from({ length: PASSES }, () => versions.map((node) => measureOn(node)))
  showProgress('')
  const all = versions.map((_, index) => joined(passes.map((pass) => pass[index] ?? [])))
  return {
    tables: SIZES.map(({ name }) => tableOf(name, versions, all)),
    goals: [],
    notes: versions.length < 3 ? ['Not all lines of Node could be had; what is missing is left out.'] : [],
    chart: {
      title: 'Sealing and opening a session of 1 kB, on each Node',
      unit: 'microseconds of CPU, with 16 in flight if asynchronous; shorter is better',
      groups: versions.map(({ version }, index) => ({
        title: `Node ${version}`,
        bars: (all[index] ?? [])
          .filter(({ size }) => size === '1 kB')
          .map(({ codec, cpu }) => ({ label: codec, value: spreadOf(cpu) })),
      })),
    },
  }
}

function measureOn({ path, version }: NodeVersion): readonly NodeSeries[] {
  showProgress(`nodes: ${version}`)
  const args = ['--no-warnings', ...process.execArgv, CHILD]
  const found = execFileSync(path, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  return JSON.parse(found) as readonly NodeSeries[]
}

function joined(passes: readonly (readonly NodeSeries[])[]): readonly NodeSeries[] {
  const [first = []] = passes
  return first.map((series, index) => ({ ...series, cpu: passes.flatMap((pass) => pass[index]?.cpu ?? []) }))
}

function tableOf(
  size: string,
  versions: readonly NodeVersion[],
  all: readonly (readonly NodeSeries[])[],
): Table {
  const codecs = (all[0] ?? []).filter((series) => series.size === size).map(({ codec }) => codec)
  return {
    title: `Sealing and opening on each Node, ${size}: µs of CPU`,
    head: ['codec', ...versions.flatMap(({ version }) => [version, '× keepsake'])],
    rows: codecs.map((codec) => [
      codec,
      ...all.flatMap((series) => {
        const cpuOf = (name: string): readonly number[] =>
          series.find((one) => one.size === size && one.codec === name)?.cpu ?? []
        const ratio = ratioOf(cpuOf(codec), cpuOf(OWN))
        return [shownSpread(spreadOf(cpuOf(codec))), codec === OWN ? '' : shownRatio(ratio)]
      }),
    ]),
  }
}
