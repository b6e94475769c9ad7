import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  checkPackage,
  createPackageFromTarballData,
  type Package,
  type Problem,
} from '@arethetypeswrong/core'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { run } from '../run.ts'
import { type Manifest, type PublicPackage, ROOT } from '../workspace.ts'

/** A package as it would be published. */
export interface Tarball {
  readonly manifest: Manifest
  readonly path: string
}

/** Packs every package into an existing directory. */
export async function packAll(
  packages: readonly PublicPackage[],
  directory: string,
): Promise<readonly Tarball[]> {
  const filters = packages.map(({ manifest }) => `--filter=${manifest.name}`)
  await run('pnpm', ['-r', ...filters, 'pack', '--pack-destination', directory], { cwd: ROOT })
  return packages.map(({ manifest }) => ({ manifest, path: join(directory, fileNameOf(manifest)) }))
}

const fileNameOf = ({ name, version }: Manifest): string =>
  `${name.replace('@', '').replace('/', '-')}-${version}.tgz`

/** The findings of publint and are-the-types-wrong, and files that should, or should not, be in the tarball. */
export async function tarballProblems({ manifest, path }: Tarball): Promise<readonly string[]> {
  const bytes = readFileSync(path)
  const contents = createPackageFromTarballData(new Uint8Array(bytes))
  const problems = [
    ...contentProblems(manifest, contents),
    ...(await publintProblems(bytes)),
    ...(manifest.bin ? [] : await typeProblems(contents)),
  ]
  return problems.map((problem) => `${manifest.name}: ${problem}`)
}

function contentProblems({ files = [] }: Manifest, contents: Package): readonly string[] {
  const names = contents.listFiles().map((name) => name.split('/node_modules/').at(-1) ?? name)
  const inPackage = names.map((name) => name.replace(/^(?:@[^/]+\/)?[^/]+\//, ''))
  const always = ['package.json', 'README.md', 'LICENSE']
  const isWanted = (name: string): boolean =>
    [...always, 'CHANGELOG.md'].includes(name) ||
    files.some((file) => name === file || name.startsWith(`${file}/`))
  return [
    ...always.filter((name) => !inPackage.includes(name)).map((name) => `${name} is not in the tarball`),
    ...inPackage.filter((name) => !isWanted(name)).map((name) => `${name} should not be in the tarball`),
  ]
}

async function publintProblems(bytes: Buffer): Promise<readonly string[]> {
  const tarball = new Uint8Array(bytes).buffer
  const { messages, pkg } = await publint({ pack: { tarball }, strict: true })
  return messages
    .filter(({ type }) => type !== 'suggestion')
    .map((message) => `publint: ${formatMessage(message, pkg, { color: false }) ?? message.code}`)
}

async function typeProblems(contents: Package): Promise<readonly string[]> {
  const { types, ...checked } = await checkPackage(contents)
  if (!types || !('problems' in checked)) return ['it has no types']
  return checked.problems
    .filter((problem) => !isOldLookup(problem))
    .map((problem) => `types: ${JSON.stringify(problem)}`)
}

/** TypeScript's `node10` resolution ignores `exports`: it finds a package's main entry by `types`, and no other entries. */
const isOldLookup = (problem: Problem): boolean =>
  problem.kind === 'NoResolution' && problem.resolutionKind === 'node10' && problem.entrypoint !== '.'
