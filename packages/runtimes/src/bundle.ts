import { build, type Metafile, type Plugin } from 'esbuild'
import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Runtime } from './programs.ts'

/** Test files are named from here: `core/test/gone.test.ts`. */
export const PACKAGES = fileURLToPath(new URL('../..', import.meta.url))

/** Test files as one module, with the sources of our packages and all that these import but Node's own modules. */
export interface Bundle {
  readonly code: string
  /** What each file imports. */
  readonly inputs: Metafile['inputs']
}

/** Tests leave stores behind that never answer, and whatever waits for them. */
const PROGRAM = 'await run(); process.exit()'

/** A Worker runs its tests when it is told to. For them it has an app, to which each `fetch` is a request of its own. */
const WORKER = `
  import { fetch } from './runtimes/worker/app.ts'
  export default { fetch, test: run }`

/** Bundles test files for a runtime. They find our own `vitest` in place of Vitest, which runs on Node only. */
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
    // What dependencies ask of Node by `require`, which a module has not.
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
  if (file === undefined) throw new Error('esbuild has written nothing')
  return { code: file.text, inputs: metafile.inputs }
}

/** What a test reads of a file beside it. */
const READ = /readFileSync\(new URL\('([^']+)', import\.meta\.url\), 'utf8'\)/g

/** Leaves each source the address that it has on disk, and has the texts that it reads from there, which a Worker could not. */
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
