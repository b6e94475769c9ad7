import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The structure of a package's sources. */
export interface Structure {
  readonly files: number
  readonly lines: number
  /** The longest chain of files that import each other, the importer first; its length is the number of floors. */
  readonly chain: readonly string[]
}

const PACKAGES = new URL('../../packages/', import.meta.url)

/** The folder of a package's sources, with a trailing slash. */
export const sourcesOf = (name: string): string => fileURLToPath(new URL(`${name}/src/`, PACKAGES))

/** The sources of a package of this workspace: all its files, including comments. */
export function structureOf(name: string): Structure {
  const folder = sourcesOf(name)
  const texts = new Map(
    globSync('**/*.ts', { cwd: folder }).map((file) => [file, readFileSync(join(folder, file), 'utf8')]),
  )
  const imports = new Map([...texts].map(([file, text]) => [file, importsOf(file, text)]))
  return {
    files: texts.size,
    lines: [...texts.values()].reduce((sum, text) => sum + text.split('\n').length - 1, 0),
    chain: longestChain(imports),
  }
}

/** Includes type imports: readers of a file need the types that it names. */
const IMPORT = /(?:^|\n)\s*(?:import|export)\s(?:[^'"]*?\sfrom\s)?['"](\.[^'"]+)['"]/g

const importsOf = (file: string, text: string): string[] =>
  [...text.matchAll(IMPORT)].map(([, specifier = '']) => join(file, '..', specifier))

/**
 * The longest path through files that import each other; other files, such as `package.json`, do not count.
 *
 * @throws {Error} if files import each other in a cycle, which has no longest path.
 */
export function longestChain(imports: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const known = new Map<string, readonly string[]>()
  const chainFrom = (file: string, above: readonly string[]): readonly string[] => {
    if (above.includes(file)) throw new Error(`${[...above, file].join(' → ')} is an import cycle`)
    const found = known.get(file)
    if (found !== undefined) return found
    const below = (imports.get(file) ?? [])
      .filter((other) => imports.has(other))
      .map((other) => chainFrom(other, [...above, file]))
    const chain = [file, ...longestOf(below)]
    known.set(file, chain)
    return chain
  }
  return longestOf([...imports.keys()].map((file) => chainFrom(file, [])))
}

const longestOf = (chains: readonly (readonly string[])[]): readonly string[] =>
  chains.reduce((longest, chain) => (chain.length > longest.length ? chain : longest), [])
