import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export const ROOT = join(import.meta.dirname, '..')

/** The fields of a package.json that the scripts use. */
export interface Manifest {
  readonly name: string
  readonly version: string
  readonly private?: boolean
  readonly description?: string
  readonly keywords?: readonly string[]
  readonly homepage?: string
  readonly bugs?: string
  readonly license?: string
  readonly repository?: { readonly type: string; readonly url: string; readonly directory: string }
  readonly type?: string
  readonly sideEffects?: boolean
  readonly files?: readonly string[]
  readonly bin?: Readonly<Record<string, string>>
  readonly main?: string
  readonly types?: string
  readonly exports?: Readonly<Record<string, unknown>>
  readonly publishConfig?: {
    readonly access?: string
    readonly provenance?: boolean
    readonly exports?: Readonly<Record<string, unknown>>
  }
  readonly engines?: Readonly<Record<string, string>>
  readonly scripts?: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

/** A published package of this repository. */
export interface PublicPackage {
  /** Its folder below `packages/`. */
  readonly folder: string
  readonly path: string
  readonly manifest: Manifest
}

export const readManifest = (path: string): Manifest =>
  JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) as Manifest

/** Sorted by folder. */
export function publicPackages(root = ROOT): readonly PublicPackage[] {
  const packages = join(root, 'packages')
  return readdirSync(packages)
    .map((folder) => join(packages, folder))
    .map((path) => ({ folder: path.slice(packages.length + 1), path, manifest: readManifest(path) }))
    .filter(({ manifest }) => manifest.private !== true)
}

/** The source files of a package's exports and commands, by the name of the built file in `dist`. */
export function entriesOf({ exports = {}, bin = {} }: Manifest): readonly string[] {
  const files = Object.values(exports).flatMap((target) =>
    typeof target === 'object' && target !== null && '@keepsake/source' in target
      ? [String(target['@keepsake/source'])]
      : [],
  )
  const commands = Object.values(bin).map((file) => file.replace('/dist/', '/src/').replace(/\.js$/, '.ts'))
  return [...files, ...commands].map((file) => file.replace(/^\.\/src\/(.*)\.ts$/, '$1'))
}
