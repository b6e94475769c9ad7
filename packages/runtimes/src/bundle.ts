import { build, type Metafile, type Plugin } from 'esbuild'
import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Runtime } from './programs.ts'

/** Test files are named relative to this folder: `core/test/gone.test.ts`. */
export const PACKAGES = fileURLToPath(new URL('../..', import.meta.url))

/** Test files as one module, with the sources of our packages and all their imports except Node's own modules. */
export interface Bundle {
  readonly code: string
  /** The imports of each file. */
  readonly inputs: Metafile['inputs']
}

/** Tests leave stores that never respond, and promises that wait for them. */
const PROGRAM = 'await run(); process.exit()'

/** A Worker runs its tests on request. It also contains an application, to which each `fetch` is a separate request. */
const WORKER = `
  import { fetch } from './runtimes/worker/app.ts'
  export default { fetch, test: run }`

/** Bundles test files for a runtime. They import our own `vitest` instead of Vitest, which runs on Node only. */
export async function bundle(runtime: Runtime, tests: readonly string[]): Promise<Bundle> {
  const files = tests.map((test) => `${JSON.stringify(test)}: () => import(${JSON.stringify(`./${test}`)}),`)
  const entry = `
    import { runFiles } from './runtimes/src/run-files.ts'
    const files = { ${files.join('\n')} }
    const run = () => runFiles('${runtime}', files)
    ${runtime === 'workerd' ? WORKER : PROGRAM}`
  const { outputFiles, metafile } = await build({
    stdin: { contents: entry, resolveDir: PACKAGES, loader: 'ts' },
    absWorkingDir: PACKAGES,
    alias: { vitest: fileURLToPath(new URL('vitest/index.ts', import.meta.url)) },
    conditions: ['@keepsake/source', 'module'],
    external: ['cloudflare:workers'],
    plugins: [ownPlaces],
    // Dependencies `require` Node's modules, which an ES module cannot do.
    banner: { js: 'const require = (name) => process.getBuiltinModule(name)' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'es2024',
    metafile: true,
    write: false,
    logLevel: 'error',
  })
  const [file] = outputFiles
  if (file === undefined) throw new Error('esbuild wrote no bundle')
  return { code: file.text, inputs: metafile.inputs }
}

/** An expression in a test that reads a file beside it. */
const READ = /readFileSync\(new URL\('([^']+)', import\.meta\.url\), 'utf8'\)/g

/** Gives each source its URL on disk, and inlines the texts that it reads from there: a Worker cannot read files. */
const ownPlaces: Plugin = {
  name: 'own-places',
  setup(build) {
    build.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const url = pathToFileURL(path)
      const source = await readFile(path, 'utf8')
      const contents = source
        .replaceAll(READ, (_, file: string) => JSON.stringify(readFileSync(new URL(file, url), 'utf8')))
        .replaceAll('import.meta.url', JSON.stringify(url.href))
      return { contents, loader: 'ts' }
    })
  },
}
