import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

export const KINDS = ['store', 'adapter'] as const
export type Kind = (typeof KINDS)[number]

/** A name in each spelling that the templates use, by its placeholder. */
type Spellings = Readonly<Record<'NAME' | 'CAMEL' | 'PASCAL' | 'TITLE', string>>

/** @throws {Error} for an invalid package name. */
export function spellingsOf(name: string): Spellings {
  if (!/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(name)) {
    throw new Error('expected a name in lower case, with - between its words, such as dynamo-db')
  }
  const PASCAL = name
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')
  return { NAME: name, CAMEL: PASCAL.charAt(0).toLowerCase() + PASCAL.slice(1), PASCAL, TITLE: PASCAL }
}

export const folderOf = (kind: Kind, name: string): string => (kind === 'store' ? `store-${name}` : name)

/**
 * Creates a package in a workspace: it builds and type-checks, and its suite fails until it is implemented. Returns the
 * names of the files.
 *
 * @throws {Error} if the package already exists.
 */
export function scaffold(kind: Kind, name: string, root: string): readonly string[] {
  const spellings = spellingsOf(name)
  const folder = folderOf(kind, name)
  if (existsSync(join(root, 'packages', folder))) throw new Error(`packages/${folder} already exists`)
  const manifest = manifestOf(kind, name)
  const files = new Map([
    [`packages/${folder}/package.json`, `${JSON.stringify(manifest, undefined, 2)}\n`],
    [`.changeset/${folder}.md`, `---\n'${manifest.name}': minor\n---\n\n${manifest.description}\n`],
  ])
  for (const [file, text] of [...templates('package'), ...templates(kind)]) {
    files.set(
      `packages/${folder}/${file}`,
      text.replaceAll(/NAME|CAMEL|PASCAL|TITLE/g, (word) => spellings[word as 'NAME']),
    )
  }
  for (const [file, text] of files) {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), text)
  }
  return [...files.keys()]
}

/** The files of a template with their text, by the name that they get. */
function templates(name: string): readonly (readonly [file: string, text: string])[] {
  const folder = join(import.meta.dirname, '../templates', name)
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.txt'))
    .map((file) => [file.replace(/\.txt$/, ''), readFileSync(join(folder, file), 'utf8')] as const)
}

const REPOSITORY = 'https://github.com/keepsake-js/keepsake'

const own = (...names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [`@keepsake/${name}`, 'workspace:^']))

function manifestOf(kind: Kind, name: string) {
  const folder = folderOf(kind, name)
  const title = spellingsOf(name).TITLE
  const esm = { types: './dist/index.d.ts', default: './dist/index.js' }
  const built = {
    'module-sync': esm,
    import: esm,
    require: { types: './dist/index.d.cts', default: './dist/index.cjs' },
  }
  return {
    name: `@keepsake/${folder}`,
    version: '0.0.0',
    description:
      kind === 'store' ? `Stores Keepsake sessions in ${title}.` : `Keepsake sessions for ${title}.`,
    keywords: ['keepsake', 'session', kind === 'store' ? 'session-store' : 'middleware', name].toSorted(),
    homepage: `${REPOSITORY}/tree/main/packages/${folder}#readme`,
    bugs: `${REPOSITORY}/issues`,
    license: 'MIT',
    repository: { type: 'git', url: `git+${REPOSITORY}.git`, directory: `packages/${folder}` },
    files: ['dist'],
    type: 'module',
    sideEffects: false,
    main: './dist/index.cjs',
    types: './dist/index.d.cts',
    exports: {
      '.': { '@keepsake/source': './src/index.ts', ...built },
      './package.json': './package.json',
    },
    publishConfig: {
      exports: { '.': built, './package.json': './package.json' },
      access: 'public',
      provenance: true,
    },
    scripts: {
      build: 'tsup --config ../../tsup.config.ts src/index.ts',
      typecheck: 'tsc -p .',
      test: 'vitest run',
    },
    dependencies: kind === 'store' ? own('core') : own('core', 'node-http'),
    devDependencies: own('testing'),
    engines: { node: '>=22.13' },
  }
}
