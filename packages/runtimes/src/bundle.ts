import { build, type Metafile, type Plugin } from 'esbuild'
import { readdirSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const PACKAGES = fileURLToPath(new URL('../..', import.meta.url))
const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url))

/**
 * What a test may use of Node to be run elsewhere: what Workers have too, computing and no machine. A test that starts
 * processes, reads files or reaches into V8 is of Node alone.
 */
const PORTABLE = new Set(
  ['assert', 'buffer', 'crypto', 'diagnostics_channel', 'timers/promises', 'util'].map(
    (name) => `node:${name}`,
  ),
)

/** The test files of a package. */
export const testsOfPackage = (folder: string): string[] =>
  readdirSync(join(PACKAGES, folder, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => `${folder}/test/${name}`)
    .toSorted()
    .toSorted((one, other) => Number(replacesGlobals(other)) - Number(replacesGlobals(one)))

/** Those run first: the tests of a bundle share a process, and no other one shall have a timer there meanwhile. */
const replacesGlobals = (test: string): boolean =>
  /vi\.(?:useFakeTimers|stubGlobal)/.test(readFileSync(join(PACKAGES, test), 'utf8'))

/** Which of Node's modules a test file uses beyond the portable ones, with all that it imports. */
export async function nodeOnly(tests: readonly string[]): Promise<Map<string, string[]>> {
  const { metafile } = await bundled(tests)
  const found = tests.map((test) => [test, builtinsOf(metafile, inputOf(metafile, test))] as const)
  return new Map(found.filter(([, names]) => names.length > 0))
}

function inputOf({ inputs }: Metafile, test: string): string {
  const input = Object.keys(inputs).find((name) => join(PACKAGES, name) === join(PACKAGES, test))
  if (input === undefined) throw new Error(`${test} is not in the bundle`)
  return input
}

function builtinsOf({ inputs }: Metafile, test: string): string[] {
  const seen = new Set([test])
  const builtins = new Set<string>()
  for (const input of seen) {
    for (const { path, external } of inputs[input]?.imports ?? []) {
      if (external !== true) seen.add(path)
      else if (path.startsWith('node:') && !PORTABLE.has(path)) builtins.add(path)
    }
  }
  return [...builtins].toSorted()
}

/** Leaves each source the address that it has on disk. */
const ownUrls: Plugin = {
  name: 'own-urls',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8')
      return {
        contents: text.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href)),
        loader: 'ts',
      }
    })
  },
}

/** Test files as one module, whose `files` run each of them, with the sources of our packages and their dependencies. */
export async function bundled(
  tests: readonly string[],
): Promise<{ readonly code: string; readonly metafile: Metafile }> {
  const list = tests.map((test) => `${JSON.stringify(test)}: () => import(${JSON.stringify(`./${test}`)}),`)
  const entry = [
    `import { runFiles } from ${JSON.stringify(`./${relative(PACKAGES, here('run-files.ts'))}`)}`,
    `const files = {`,
    ...list,
    `}`,
    // A Worker is asked to run its tests; a program runs them.
    `export default { test: () => runFiles(files) }`,
    `if (globalThis.navigator?.userAgent !== 'Cloudflare-Workers') await runFiles(files)`,
  ]
  const { outputFiles, metafile } = await build({
    stdin: { contents: entry.join('\n'), resolveDir: PACKAGES, loader: 'ts' },
    absWorkingDir: PACKAGES,
    alias: { vitest: here('vitest/index.ts') },
    conditions: ['@keepsake/source', 'module'],
    plugins: [ownUrls],
    external: ['*.node', 'better-sqlite3'],
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'es2024',
    banner: { js: 'const require = (name) => process.getBuiltinModule(name)' },
    metafile: true,
    write: false,
    logLevel: 'error',
  })
  const [file] = outputFiles
  if (file === undefined) throw new Error('esbuild has written nothing')
  return { code: file.text, metafile }
}
