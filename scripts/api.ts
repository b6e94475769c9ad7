/**
 * The public surface of each package is recorded in its `etc/*.api.md`, so that changes show in review. Fails if a report differs
 * from the built package; with `--write`, writes the reports. Of all packages, or of those that `AFFECTED` names.
 */
import { apiReports } from './packages/api.ts'
import { report } from './run.ts'
import { publicPackages } from './workspace.ts'

const mode = process.argv.includes('--write') ? 'write' : 'check'
const affected = process.env['AFFECTED']?.split(' ')
const packages = publicPackages().filter(({ manifest: { name } }) => affected?.includes(name) ?? true)
const changed = apiReports(packages, mode)
if (mode === 'write')
  console.log(changed.length === 0 ? 'nothing has changed' : `written: ${changed.join('; ')}`)
else {
  report(
    'the public surface matches the reports',
    changed.map((name) => `${name}: the public surface has changed; run pnpm api and review the report`),
  )
}
