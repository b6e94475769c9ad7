import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Manifest, readManifest, ROOT } from './workspace.ts'

/** A package of the workspace, and the packages of the workspace that it uses. */
export interface WorkspacePackage {
  readonly name: string
  /** Relative to the root, such as `packages/koa`. */
  readonly folder: string
  /** What it contains when it is installed. */
  readonly dependencies: readonly string[]
  /** What only its tests and tools use. */
  readonly devDependencies: readonly string[]
  /** The names of its scripts. */
  readonly scripts: readonly string[]
}

/** What a change makes necessary. */
export interface Affected {
  /** Changed packages, and those that contain them: all of their checks. */
  readonly whole: readonly WorkspacePackage[]
  /** Packages whose tests use one of these: only the tests that import a changed file, or ask for a package by `isAffected`. */
  readonly users: readonly WorkspacePackage[]
}

/** Files that no test reads. */
const UNTESTED = /^\.changeset\//

/** The pages at the root are documentation. */
const ROOT_PAGE = /^[^/]+\.md$/

/** Runs every example app, without importing it. */
const APP_TESTS = 'examples/tests'

/** What nearly everything runs on, in other processes too. */
const SHARED: ReadonlySet<string> = new Set([
  '@keepsake/core',
  '@keepsake/node-http',
  '@keepsake/testing',
  '@keepsake/test-services',
])

/**
 * What changed files affect; undefined for everything: if one of them belongs to no package, or to one that all others use.
 *
 * @param files Relative to the root.
 */
export function affectedBy(
  files: readonly string[],
  packages: readonly WorkspacePackage[],
): Affected | undefined {
  const ownerOf = (file: string): WorkspacePackage | undefined =>
    packages.find(({ folder }) => (ROOT_PAGE.test(file) ? folder === 'docs' : file.startsWith(`${folder}/`)))
  const tested = files.filter((file) => !UNTESTED.test(file))
  const changed = tested.map(ownerOf)
  if (changed.some((one) => one === undefined || SHARED.has(one.name))) return undefined
  const whole = new Set(packages.filter((one) => changed.includes(one)))
  // A set shows what is added to it while it is iterated.
  for (const { name } of whole)
    for (const user of packages) if (user.dependencies.includes(name)) whole.add(user)
  const names = new Set([...whole].map(({ name }) => name))
  const hasApp = [...whole].some(({ folder }) => folder.startsWith('examples/'))
  const users = packages.filter(
    (one) =>
      !whole.has(one) &&
      (one.devDependencies.some((dependency) => names.has(dependency)) ||
        (hasApp && one.folder === APP_TESTS)),
  )
  return { whole: packages.filter((one) => whole.has(one)), users }
}

/** The tasks of Turborepo: a user of a changed package is only tested. */
export const tasksOf = ({ whole, users }: Affected): readonly string[] => [
  '//#lint',
  ...[...whole, ...users].filter(has('test')).map(({ name }) => `${name}#test`),
  ...whole.filter(has('build')).map(({ name }) => `${name}#built`),
]

const has =
  (script: string) =>
  ({ scripts }: WorkspacePackage): boolean =>
    scripts.includes(script)

/** The folders of the workspace, as in pnpm-workspace.yaml. */
const GROUPS = ['packages', 'examples']
const SINGLE = ['bench', 'comparison', 'docs', 'scripts']

export function readWorkspace(root = ROOT): readonly WorkspacePackage[] {
  const grouped = GROUPS.flatMap((group) =>
    readdirSync(join(root, group), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => `${group}/${name}`),
  )
  return [...grouped, ...SINGLE].map((folder) => packageOf(folder, readManifest(join(root, folder))))
}

const namesIn = (list: Manifest['dependencies']): readonly string[] => Object.keys(list ?? {})

const packageOf = (folder: string, manifest: Manifest): WorkspacePackage => ({
  name: manifest.name,
  folder,
  dependencies: [...namesIn(manifest.dependencies), ...namesIn(manifest.peerDependencies)],
  devDependencies: namesIn(manifest.devDependencies),
  scripts: namesIn(manifest.scripts),
})
