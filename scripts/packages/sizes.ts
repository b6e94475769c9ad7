import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { build } from 'esbuild'
import { entriesOf, type PublicPackage } from '../workspace.ts'

/** Bytes after bundling, minifying and brotli, of a package's own code without its dependencies. */
export type Sizes = Readonly<Record<string, number>>

export const LIMITS = JSON.parse(
  readFileSync(join(import.meta.dirname, '../size-limits.json'), 'utf8'),
) as Sizes

export async function sizesOf({ path, manifest }: PublicPackage): Promise<Sizes> {
  const sizes: Record<string, number> = {}
  for (const entry of entriesOf(manifest)) {
    const { outputFiles } = await build({
      entryPoints: [join(path, `dist/${entry}.js`)],
      bundle: true,
      minify: true,
      write: false,
      format: 'esm',
      platform: 'node',
      packages: 'external',
    })
    const name = entry === 'index' || manifest.bin ? manifest.name : `${manifest.name}/${entry}`
    sizes[name] = outputFiles.reduce((sum, { contents }) => sum + brotliCompressSync(contents).length, 0)
  }
  return sizes
}

/** Packages that exceed their limit, or have none. */
export function sizeProblems(sizes: Sizes, limits: Sizes): readonly string[] {
  return Object.entries(sizes).flatMap(([name, bytes]) => {
    const limit = limits[name]
    if (limit === undefined) return [`${name}: ${bytes} bytes, but no limit in scripts/size-limits.json`]
    return bytes <= limit ? [] : [`${name}: ${bytes} bytes, more than its limit of ${limit}`]
  })
}
