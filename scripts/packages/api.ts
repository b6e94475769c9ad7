import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor'
import { entriesOf, type PublicPackage } from '../workspace.ts'

const SILENT = { logLevel: ExtractorLogLevel.None } as const

/**
 * Compares the public surface of a package's built types with the reports in its folder `etc`, or writes
 * the reports. Returns the reports that differ.
 */
export function apiReports(
  { folder, path, manifest }: PublicPackage,
  mode: 'check' | 'write',
): readonly string[] {
  if (manifest.bin) return []
  mkdirSync(join(path, 'etc'), { recursive: true })
  return entriesOf(manifest).filter((entry) => {
    const name = entry === 'index' ? folder : `${folder}-${entry}`
    const { apiReportChanged } = Extractor.invoke(configOf(path, entry, `${name}.api.md`), {
      localBuild: mode === 'write',
      messageCallback: (message) => void (message.logLevel = ExtractorLogLevel.None),
    })
    return apiReportChanged
  })
}

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
