import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { CompilerState, Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor'
import { entriesOf, type PublicPackage } from '../workspace.ts'

const SILENT = { logLevel: ExtractorLogLevel.None } as const

/** The report of one entry, by the name of its file. */
interface Report {
  readonly name: string
  readonly config: ExtractorConfig
}

/**
 * Compares the public surface of the packages' built types with the reports in their folders `etc`, or writes the reports.
 * Returns the reports that differ. One compiler reads the types of all packages.
 */
export function apiReports(packages: readonly PublicPackage[], mode: 'check' | 'write'): readonly string[] {
  const reports = packages.filter(({ manifest }) => !manifest.bin).flatMap(reportsOf)
  const [first] = reports
  if (first === undefined) return []
  const compilerState = CompilerState.create(first.config, {
    additionalEntryPoints: reports.map(({ config }) => config.mainEntryPointFilePath),
  })
  const changed = reports.filter(({ config }) => {
    mkdirSync(config.reportFolder, { recursive: true })
    const { apiReportChanged } = Extractor.invoke(config, {
      compilerState,
      localBuild: mode === 'write',
      messageCallback: (message) => void (message.logLevel = ExtractorLogLevel.None),
    })
    return apiReportChanged
  })
  return changed.map(({ name }) => name)
}

const reportsOf = ({ folder, path, manifest }: PublicPackage): readonly Report[] =>
  entriesOf(manifest).map((entry) => {
    const name = `${entry === 'index' ? folder : `${folder}-${entry}`}.api.md`
    return { name, config: configOf(path, entry, name) }
  })

function configOf(path: string, entry: string, reportFileName: string): ExtractorConfig {
  return ExtractorConfig.prepare({
    configObjectFullPath: undefined,
    packageJsonFullPath: join(path, 'package.json'),
    configObject: {
      projectFolder: path,
      mainEntryPointFilePath: join(path, `dist/${entry}.d.ts`),
      compiler: { overrideTsconfig: { compilerOptions: COMPILER, include: ['dist'] } },
      newlineKind: 'lf',
      apiReport: {
        enabled: true,
        reportFileName,
        reportFolder: join(path, 'etc'),
        reportTempFolder: join(path, 'node_modules/.cache/api'),
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        extractorMessageReporting: { default: SILENT },
        tsdocMessageReporting: { default: SILENT },
      },
    },
  })
}

const COMPILER = {
  target: 'es2024',
  lib: ['es2024'],
  module: 'nodenext',
  moduleResolution: 'nodenext',
  types: ['node'],
  strict: true,
  skipLibCheck: true,
}
