import { mkdirSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '../run.ts'
import { ROOT } from '../workspace.ts'

/** What the apps and our packages need: linked from this workspace, so that nothing is fetched. */
const LINKED = [
  '@msgpack/msgpack',
  '@noble/ciphers',
  '@opentelemetry/api',
  'express',
  'fastify',
  'fastify-plugin',
  'hono',
  'jest',
  'jose',
  'koa',
  'next',
  'passport',
  'pg',
  'react',
  'react-dom',
  'redis',
  'structured-headers',
  'tough-cookie',
  'vitest',
  '@types/express',
  '@types/koa',
  '@types/node',
  '@types/passport',
  '@types/pg',
] as const

/** Makes an empty npm project and installs `specifiers` (tarballs, or names that `flags` find a registry for). */
export async function createConsumer(
  directory: string,
  specifiers: readonly string[],
  flags: readonly string[] = ['--offline'],
): Promise<void> {
  mkdirSync(directory, { recursive: true })
  writeFileSync(join(directory, 'package.json'), '{ "name": "consumer", "private": true }\n')
  const links = LINKED.map((name) => `file:${realpathSync(join(ROOT, 'scripts/node_modules', name))}`)
  const quiet = ['--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error']
  await run('npm', ['install', ...quiet, ...flags, ...specifiers, ...links], { cwd: directory })
}

const TSCONFIG = {
  compilerOptions: {
    module: 'nodenext',
    target: 'es2024',
    lib: ['es2024'],
    types: ['node'],
    strict: true,
    exactOptionalPropertyTypes: true,
    rewriteRelativeImportExtensions: true,
    skipLibCheck: false,
  },
}

/** Lays down the test file that the README of @keepsake/testing begins with. It is JavaScript as well as TypeScript. */
export function writeSuite(directory: string): void {
  const page = readFileSync(join(ROOT, 'packages/testing/README.md'), 'utf8')
  const [, code] = /^```ts\n([^]+?)^```$/m.exec(page) ?? []
  if (code === undefined) throw new Error('the README of @keepsake/testing shows no test file')
  writeFileSync(join(directory, 'suite.test.mjs'), code)
}

/**
 * Lays the apps down twice, as ES modules and as CommonJS, and compiles them against the installed packages: in two
 * programs, for one that has both kinds sees each declaration of `req.session` twice.
 */
export async function compileApps(directory: string): Promise<void> {
  const apps = join(ROOT, 'scripts/consumer')
  for (const kind of ['mts', 'cts']) {
    for (const file of readdirSync(apps)) {
      const text = readFileSync(join(apps, file), 'utf8')
      const code = text.replaceAll(/'(\.\/[\w-]+)\.ts'/g, `'$1.${kind}'`)
      writeFileSync(join(directory, file.replace(/ts$/, kind)), code)
    }
    const config = `tsconfig.${kind}.json`
    writeFileSync(join(directory, config), JSON.stringify({ ...TSCONFIG, include: [`*.${kind}`] }))
    await run(join(ROOT, 'node_modules/.bin/tsc'), ['-p', config], { cwd: directory })
  }
}
