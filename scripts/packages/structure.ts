import { globSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'

/** A source file of a package. */
export interface SourceFile {
  /** Its path below the package's `src`, with slashes. */
  readonly path: string
  readonly lines: number
  /** The specifiers of its imports, including type imports, as written. */
  readonly specifiers: readonly string[]
}

/** The layout of a package's sources: each folder of `src` is a wing. */
export interface Layout {
  /** The files allowed in `src` itself, without `.ts`. They are above all wings. */
  readonly entries: readonly string[]
  /** The floor of each wing. A file may import its own wing, and wings on lower floors. */
  readonly wings: Readonly<Record<string, number>>
  /** Allowed imports between wings on the same floor, as `'session → modes'`. */
  readonly across?: readonly string[]
  /** The longest allowed import chain, in files. */
  readonly deepest: number
}

/** The size of a package, and the depth of its import chains. */
export interface Structure {
  readonly files: number
  readonly lines: number
  /** The longest chain of files that import each other, including type imports. */
  readonly chain: readonly string[]
}

const IMPORTS = [
  /(?:^|\n)[ \t]*(?:import|export)\s(?:[^'"]*?\sfrom\s)?['"]([^'"]+)['"]/g,
  // As an expression, and as a type.
  /\b(?:import|require)\(\s*['"`]([^'"`]+)['"`]/g,
]

/** Only comments at the start of a line: elsewhere, a slash with a star may be inside a string. */
const COMMENTS = /^[ \t]*(?:\/\*[\s\S]*?\*\/|\/\/.*$)/gm

/** The source files below a folder, sorted. */
export function readSources(folder: string): readonly SourceFile[] {
  return globSync('**/*.{ts,mts,cts,tsx,js,mjs,cjs}', { cwd: folder })
    .map((path) => path.replaceAll('\\', '/'))
    .toSorted()
    .map((path) => parseSource(path, readFileSync(join(folder, path), 'utf8')))
}

function parseSource(path: string, text: string): SourceFile {
  const code = text.replace(COMMENTS, '')
  const specifiers = IMPORTS.flatMap((pattern) =>
    [...code.matchAll(pattern)].map(([, specifier = '']) => specifier),
  )
  return { path, lines: text.split('\n').length - 1, specifiers }
}

/** The file of the same package that a relative import names; undefined for any other import. */
export function targetOf({ path }: SourceFile, specifier: string): string | undefined {
  return specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : undefined
}

/**
 * The imports of a package's sources that are neither Node, nor their own files, nor allowed.
 *
 * @param mayImport Undefined for a package without a rule, which is a fault.
 */
export function importFaults(
  files: readonly SourceFile[],
  mayImport: readonly string[] | undefined,
): readonly string[] {
  if (mayImport === undefined) return ['no rule says what it may import']
  return files.flatMap((file) =>
    file.specifiers.flatMap((specifier) => {
      if (specifier.startsWith('node:')) return []
      const target = targetOf(file, specifier)
      if (target === undefined)
        return mayImport.includes(specifier) ? [] : [`${file.path} must not import ${specifier}`]
      const isOutside = target.startsWith('..') && target !== '../package.json'
      return isOutside ? [`${file.path} must not leave its package for ${specifier}`] : []
    }),
  )
}

/** The wing of a file: the first folder of its path. Undefined for a file in `src` itself. */
function wingOf(path: string): string | undefined {
  const end = path.indexOf('/')
  return end === -1 ? undefined : path.slice(0, end)
}

/** Files of a package that are in no wing, or import a wing that they must not. */
export function wingFaults(files: readonly SourceFile[], layout: Layout): readonly string[] {
  const floorOf = (path: string): number | undefined => {
    const wing = wingOf(path)
    if (wing !== undefined) return Object.hasOwn(layout.wings, wing) ? layout.wings[wing] : undefined
    return layout.entries.includes(path.replace(/\.ts$/, '')) ? Number.POSITIVE_INFINITY : undefined
  }
  return files.flatMap((file) => {
    const { path, specifiers } = file
    const floor = floorOf(path)
    if (floor === undefined) return [`${path} is in no wing`]
    return specifiers.flatMap((specifier) => {
      const target = targetOf(file, specifier)
      const targetFloor = target === undefined ? undefined : floorOf(target)
      if (target === undefined || targetFloor === undefined) return []
      const [from, to] = [wingOf(path), wingOf(target)]
      if (targetFloor < floor || from === to) return []
      if (targetFloor > floor) return [`${path} must not import upward ${target}`]
      return layout.across?.includes(`${from} → ${to}`) === true
        ? []
        : [`${path} must not import sideways ${target}`]
    })
  })
}

/** Each import cycle, as a list of its files. */
export function cycleFaults(files: readonly SourceFile[]): readonly string[] {
  return walk(files).cycles.map((cycle) => `${cycle.join(' → ')} is an import cycle`)
}

/** The longest import chain, if it has more files than the layout allows. */
export function depthFaults(files: readonly SourceFile[], { deepest }: Layout): readonly string[] {
  const { chain } = structureOf(files)
  return chain.length > deepest
    ? [`${chain.join(' → ')} is ${chain.length} files deep; the limit is ${deepest}`]
    : []
}

/** The size and the depth of a package. A cycle does not add to the depth. */
export function structureOf(files: readonly SourceFile[]): Structure {
  const { chains } = walk(files)
  return {
    files: files.length,
    lines: files.reduce((sum, { lines }) => sum + lines, 0),
    chain: chains.reduce((longest, chain) => (chain.length > longest.length ? chain : longest), []),
  }
}

interface Walk {
  /** For each file, the longest chain that starts there. */
  readonly chains: readonly (readonly string[])[]
  readonly cycles: readonly (readonly string[])[]
}

/** Walks depth-first through all imports between the files. */
function walk(files: readonly SourceFile[]): Walk {
  const byPath = new Map(files.map((file) => [file.path, file]))
  const chains = new Map<string, readonly string[]>()
  const cycles: (readonly string[])[] = []
  const chainFrom = (file: SourceFile, way: readonly string[]): readonly string[] => {
    const known = chains.get(file.path)
    if (known !== undefined) return known
    const at = way.indexOf(file.path)
    if (at !== -1) {
      cycles.push([...way.slice(at), file.path])
      return []
    }
    let longest: readonly string[] = []
    for (const specifier of file.specifiers) {
      const target = byPath.get(targetOf(file, specifier) ?? '')
      const chain = target === undefined ? [] : chainFrom(target, [...way, file.path])
      if (chain.length > longest.length) longest = chain
    }
    const chain = [file.path, ...longest]
    chains.set(file.path, chain)
    return chain
  }
  for (const file of files) chainFrom(file, [])
  return { chains: [...chains.values()], cycles }
}
