/**
 * The public surface of each package is recorded in its `etc/*.api.md`, so that changes show in review. Without an
 * argument: fails if a report differs from the built package. With `--write`: writes the reports.
 */
import { apiReports } from './packages/api.ts'
import { report } from './run.ts'
import { publicPackages } from './workspace.ts'

const mode = process.argv.includes('--write') ? 'write' : 'check'
const changed = apiReports(publicPackages(), mode)
if (mode === 'write')
  console.log(changed.length === 0 ? 'nothing has changed' : `written: ${changed.join('; ')}`)
else {
  report(
    'the public surface matches the reports',
    changed.map((name) => `${name}: the public surface has changed; run pnpm api and review the report`),
  )
}
