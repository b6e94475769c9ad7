/**
 * A package whose published source has changed since the last release needs a changeset that names it. The last release is
 * the commit that last raised its version. It is found in the history, which a shallow clone does not have.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { changedSinceRelease, namedIn, unnamed } from './packages/changes.ts'
import { report, run } from './run.ts'
import { publicPackages, ROOT } from './workspace.ts'

const isShallow =
  (await run('git', ['rev-parse', '--is-shallow-repository'], { cwd: ROOT })).trim() === 'true'
if (isShallow) throw new Error('this clone has no history: run git fetch --unshallow')

const folder = join(ROOT, '.changeset')
const changesets = readdirSync(folder).filter((file) => file.endsWith('.md') && file !== 'README.md')
const named = changesets.flatMap((file) => namedIn(readFileSync(join(folder, file), 'utf8')))
const packages = publicPackages()
const changed: string[] = []
for (const item of packages) if (await changedSinceRelease(item, ROOT)) changed.push(item.manifest.name)
report(
  'every changed package has a changeset',
  unnamed({ changed, named, known: packages.map(({ manifest }) => manifest.name) }),
)
