import { run } from '../run.ts'
import type { PublicPackage } from '../workspace.ts'

/** The packages that the head of a changeset names. */
export function namedIn(changeset: string): readonly string[] {
  const [, head = ''] = changeset.split(/^---$/m)
  return [...head.matchAll(/^\s*['"]?([^'":\s]+)['"]?\s*:\s*(?:major|minor|patch|none)\s*$/gm)].map(
    ([, name = '']) => name,
  )
}

/** What of a package its users get. Tests, reports and the README are none of it. */
const PUBLISHED = ['src', 'package.json']

/** Whether the published source differs from what it was when the package's version was last raised. */
export async function changedSinceRelease(
  { folder, manifest }: PublicPackage,
  root: string,
): Promise<boolean> {
  const path = `packages/${folder}`
  const git = (...args: readonly string[]): Promise<string> => run('git', args, { cwd: root })
  const line = `"version": "${manifest.version}"`
  const raised = (await git('log', '-1', '--format=%H', `-S${line}`, '--', `${path}/package.json`)).trim()
  // Not committed yet: a package that is being made.
  if (raised === '') return true
  // A version of 0.0.0 has never been released: whatever is there is new.
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

/** What is wrong: a changed package that no changeset names, and a name that no package has. */
export function unnamed(state: {
  readonly changed: readonly string[]
  readonly named: readonly string[]
  readonly known: readonly string[]
}): readonly string[] {
  const { changed, named, known } = state
  return [
    ...changed
      .filter((name) => !named.includes(name))
      .map((name) => `${name} has changed, and no changeset names it: pnpm changeset`),
    ...named
      .filter((name) => !known.includes(name))
      .map((name) => `a changeset names ${name}, which is no public package`),
  ]
}
