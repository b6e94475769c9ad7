import type { Ran } from '../security/reports.ts'

/** The result of one run of `adapterSuite`: one host in one mode. */
export interface Result {
  /** The file that calls the suite, relative to the root. */
  readonly file: string
  readonly host: string
  readonly protocol: string
  readonly mode: string
  /** The scenarios that passed, by feature. */
  readonly passed: ReadonlyMap<string, ReadonlySet<string>>
}

/** The limits of the host that its README names. */
export interface Lack {
  readonly file: string
  readonly host: string
  readonly what: string
}

export interface Results {
  readonly results: readonly Result[]
  readonly lacks: readonly Lack[]
  readonly faults: readonly string[]
}

/** A result whose scenarios are being collected. */
interface Run extends Omit<Result, 'passed'> {
  readonly passed: Map<string, Set<string>>
}

/** A full test name of the suite: `Koa 3, h2, sealed, in slow motion > caches > …`. */
const SCENARIO =
  /^(?<host>.+), (?<protocol>http\/1\.1|h2|fetch), (?<mode>sealed.*?) > (?<feature>.+?) > (?<title>.+)$/s
const LACK = /^the README of (?<host>.+) names what it cannot do: (?<what>.+)$/

/** The results of the adapter suites, from the reports of the last runs. */
export function resultsOf(reports: ReadonlyMap<string, readonly Ran[]>): Results {
  const results = new Map<string, Run>()
  const lacks: Lack[] = []
  const faults: string[] = []
  for (const [file, tests] of reports) {
    for (const { fullName, status } of tests) {
      const {
        host = '',
        what,
        protocol = '',
        mode = '',
        feature = '',
        title = '',
      } = SCENARIO.exec(fullName)?.groups ?? LACK.exec(fullName)?.groups ?? {}
      if (host === '') continue
      if (status !== 'passed') faults.push(`${file}: ${fullName}: ${status}`)
      else if (what !== undefined) lacks.push({ file, host, what })
      else {
        const key = [file, host, protocol, mode].join()
        const result: Run = results.get(key) ?? { file, host, protocol, mode, passed: new Map() }
        results.set(key, result)
        result.passed.set(feature, (result.passed.get(feature) ?? new Set()).add(scenarioOf(title)))
      }
    }
  }
  return { results: [...results.values()], lacks, faults }
}

/** A change after the response's end is tested in one way for handlers that return a response, and in another for the rest. */
const BEHIND_THE_END =
  /^saves a change made before the handler has returned its response$|\bright after the end\b/

const scenarioOf = (title: string): string =>
  BEHIND_THE_END.test(title) ? 'a change right after the end' : title

/** Scenarios of a feature that others have passed, but this run has not. */
export function missingOf(results: readonly Result[], { passed }: Result, feature: string): string[] {
  const all = new Set(results.flatMap((other) => [...(other.passed.get(feature) ?? [])]))
  return [...all].filter((title) => passed.get(feature)?.has(title) !== true)
}

export const featuresOf = (results: readonly Result[]): string[] => [
  ...new Set(results.flatMap(({ passed }) => [...passed.keys()])),
]

/** Scenarios that runs have not passed, although their hosts do not name them as limits. */
export function unexplained({ results, lacks }: Results): string[] {
  return results.flatMap((result) => {
    const { file, host, protocol, mode } = result
    const named = lacks.filter((lack) => lack.file === file && lack.host === host)
    return featuresOf(results).flatMap((feature) =>
      missingOf(results, result, feature)
        .filter((title) => !named.some(({ what }) => title.includes(what)))
        .map((title) => `${host}, ${protocol}, ${mode} has not shown: ${feature} > ${title}`),
    )
  })
}
