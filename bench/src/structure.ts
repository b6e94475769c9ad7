import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** How the sources of a package are built. */
export interface Structure {
  readonly files: number
  readonly lines: number
  /** The longest chain of files that import each other, the importing one first; its length is the number of floors. */
  readonly chain: readonly string[]
}

const PACKAGES = new URL('../../packages/', import.meta.url)

/** The folder of a package's sources, with a slash at its end. */
export const sourcesOf = (name: string): string => fileURLToPath(new URL(`${name}/src/`, PACKAGES))

/** The sources of a package of this workspace: all its files, with their comments. */
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

/** Types too: who reads a file has to know what it names. */
const IMPORT = /(?:^|\n)\s*(?:import|export)\s(?:[^'"]*?\sfrom\s)?['"](\.[^'"]+)['"]/g

const importsOf = (file: string, text: string): string[] =>
  [...text.matchAll(IMPORT)].map(([, specifier = '']) => join(file, '..', specifier))

/**
 * The longest way through files that import each other; what is not among them, such as a `package.json`, is no floor.
 *
 * @throws {Error} for files that import each other in a circle, which has no longest way.
 */
export function longestChain(imports: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const known = new Map<string, readonly string[]>()
  const chainFrom = (file: string, above: readonly string[]): readonly string[] => {
    if (above.includes(file)) throw new Error(`${[...above, file].join(' → ')} is a circle of imports`)
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
