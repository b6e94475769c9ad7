/**
 * Rehearses a release: in a clone of the last commit, raises the versions, publishes the packages to a registry on the
 * loopback, then installs them from there and runs them. Afterwards it releases a fix of one package, and a prerelease.
 * The packages must be built.
 */
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compileApps, createConsumer } from './packages/consumer.ts'
import { type Registry, startRegistry } from './registry.ts'
import { report, run } from './run.ts'
import { publicPackages, readManifest, ROOT } from './workspace.ts'

/** A release in the clone. */
interface Rehearsal {
  readonly clone: string
  readonly registry: Registry
}

async function cloneWorkspace(clone: string, registry: Registry): Promise<void> {
  await run('git', ['clone', '--quiet', '--no-hardlinks', ROOT, clone], { cwd: ROOT })
  await run('git', ['config', 'user.name', 'rehearsal'], { cwd: clone })
  await run('git', ['config', 'user.email', 'rehearsal@example.org'], { cwd: clone })
  await run('pnpm', ['install', '--offline', '--ignore-scripts', '--frozen-lockfile'], { cwd: clone })
  for (const { folder, path } of publicPackages()) {
    cpSync(join(path, 'dist'), join(clone, 'packages', folder, 'dist'), { recursive: true })
  }
  const host = registry.url.replace('http:', '')
  writeFileSync(join(clone, '.npmrc'), `registry=${registry.url}\n${host}:_authToken=rehearsal\n`)
}

const changeset = (clone: string, ...args: readonly string[]): Promise<string> =>
  run(join(clone, 'node_modules/.bin/changeset'), args, { cwd: clone })

/** `name@version` of every public package of the clone. */
const versionsIn = (clone: string): readonly string[] =>
  publicPackages(clone).map(({ manifest }) => `${manifest.name}@${manifest.version}`)

/** Raises versions, commits and publishes; returns what the registry received. */
async function release({ clone, registry }: Rehearsal): Promise<readonly string[]> {
  const before = registry.published.length
  // The command fails if there is nothing to raise.
  const hasChangesets = readdirSync(join(clone, '.changeset')).some((name) => name.endsWith('.md'))
  if (hasChangesets) await changeset(clone, 'version')
  await run('git', ['add', '--all', ':!.npmrc'], { cwd: clone })
  await run('git', ['commit', '--quiet', '--allow-empty', '--message', 'Version packages'], { cwd: clone })
  await changeset(clone, 'publish')
  return registry.published.slice(before).toSorted()
}

/** Writes a changeset for one package, as `pnpm changeset` does. */
function writeChangeset(clone: string, name: string, bump: string): void {
  writeFileSync(join(clone, '.changeset/rehearsal.md'), `---\n'${name}': ${bump}\n---\n\nA rehearsal.\n`)
}

const expected = (what: string, wanted: readonly string[], got: readonly string[]): readonly string[] =>
  wanted.join() === got.join()
    ? []
    : [`${what}: expected ${wanted.join(' ')}, got ${got.join(' ') || 'nothing'}`]

/** Publishes every package once, with a changelog and a git tag; a second release publishes nothing. */
async function firstRelease(rehearsal: Rehearsal): Promise<readonly string[]> {
  const { clone } = rehearsal
  const published = await release(rehearsal)
  const wanted = versionsIn(clone).toSorted()
  const tags = (await run('git', ['tag'], { cwd: clone })).trim().split('\n')
  const missing = publicPackages(clone).filter(({ path, manifest }) => {
    const changelog = join(path, 'CHANGELOG.md')
    return !existsSync(changelog) || !readFileSync(changelog, 'utf8').includes(`\n## ${manifest.version}\n`)
  })
  console.log(published.map((name) => `  ${name}`).join('\n'))
  return [
    ...expected('published', wanted, published),
    ...expected('published by a second release', [], await release(rehearsal)),
    ...wanted.filter((name) => !tags.includes(name)).map((name) => `the git tag ${name} is missing`),
    ...missing.map(({ manifest }) => `${manifest.name}: no changelog for ${manifest.version}`),
  ]
}

/** Installs the packages by name into an application, and runs it. */
async function installBack({ clone, registry }: Rehearsal, directory: string): Promise<readonly string[]> {
  const names = publicPackages(clone).map(({ manifest }) => manifest.name)
  await createConsumer(directory, names, [`--registry=${registry.url}`])
  await compileApps(directory)
  for (const app of ['main.mjs', 'main.cjs']) await run(process.execPath, [app], { cwd: directory })
  const installed = names.map(
    (name) => `${name}@${readManifest(join(directory, 'node_modules', name)).version}`,
  )
  return expected('installed', versionsIn(clone), installed)
}

/** A package can be released alone, and a prerelease is never tagged latest. */
async function laterReleases(rehearsal: Rehearsal): Promise<readonly string[]> {
  const { clone, registry } = rehearsal
  const [core, file] = ['@keepsake/core', '@keepsake/store-file']
  writeChangeset(clone, core, 'patch')
  const fixed = await release(rehearsal)
  const { version } = readManifest(join(clone, 'packages/core'))
  await changeset(clone, 'pre', 'enter', 'next')
  writeChangeset(clone, file, 'minor')
  const early = await release(rehearsal)
  const tags = registry.tagsOf(file)
  const before = readManifest(join(clone, 'packages/store-file')).version
  return [
    ...expected('a fix of core', [`${core}@${version}`], fixed),
    ...expected('a prerelease', [`${file}@${before}`], early),
    ...(before.includes('-next.') ? [] : [`a prerelease: its version is ${before}`]),
    ...(tags?.['next'] === before && tags['latest'] !== before
      ? []
      : [`a prerelease: tags ${JSON.stringify(tags)}`]),
  ]
}

const directory = mkdtempSync(join(tmpdir(), 'keepsake-release-'))
const registry = await startRegistry()
try {
  const rehearsal: Rehearsal = { clone: join(directory, 'clone'), registry }
  await cloneWorkspace(rehearsal.clone, registry)
  report('every public package once, with its version, changelog and tag', await firstRelease(rehearsal))
  report(
    'installed from the registry, by import and by require',
    await installBack(rehearsal, join(directory, 'app')),
  )
  report('a fix of one package alone, and a prerelease under its own tag', await laterReleases(rehearsal))
} finally {
  registry.close()
  rmSync(directory, { recursive: true, force: true })
}
