import { run } from '../run.ts'
import type { PublicPackage } from '../workspace.ts'

/** The packages named in the front matter of a changeset. */
export function namedIn(changeset: string): readonly string[] {
  const [, head = ''] = changeset.split(/^---$/m)
  return [...head.matchAll(/^\s*['"]?([^'":\s]+)['"]?\s*:\s*(?:major|minor|patch|none)\s*$/gm)].map(
    ([, name = '']) => name,
  )
}

/** The published source of a package, without tests, reports and README. */
const PUBLISHED = ['src', 'package.json']

/** Whether the published source has changed since the package's version was last raised. */
export async function changedSinceRelease(
  { folder, manifest }: PublicPackage,
  root: string,
): Promise<boolean> {
  const path = `packages/${folder}`
  const git = (...args: readonly string[]): Promise<string> => run('git', args, { cwd: root })
  const line = `"version": "${manifest.version}"`
  const raised = (await git('log', '-1', '--format=%H', `-S${line}`, '--', `${path}/package.json`)).trim()
  // Not committed yet: a new package.
  if (raised === '') return true
  // Version 0.0.0 has never been released: everything is new.
  if (manifest.version === '0.0.0') return true
  const changed = await git(
    'diff',
    '--name-only',
    raised,
    '--',
    ...PUBLISHED.map((part) => `${path}/${part}`),
  )
  return changed.trim() !== ''
}

/** Faults: a changed package without a changeset, and a changeset for an unknown package. */
export function unnamed(state: {
  readonly changed: readonly string[]
  readonly named: readonly string[]
  readonly known: readonly string[]
}): readonly string[] {
  const { changed, named, known } = state
  return [
    ...changed
      .filter((name) => !named.includes(name))
      .map((name) => `${name} has changed, but no changeset names it: run pnpm changeset`),
    ...named
      .filter((name) => !known.includes(name))
      .map((name) => `a changeset names ${name}, which is not a public package`),
  ]
}
