/**
 * The public surface of each package stands in its `etc/*.api.md`, so that a change of it shows in review. Without an
 * argument: fails where a report is not what the built package has. With `--write`: writes them.
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
    'the public surface is what the reports say',
    changed.map((name) => `${name}: the public surface has changed; look at what pnpm api writes`),
  )
}
