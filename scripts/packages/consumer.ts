import { mkdirSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '../run.ts'
import { ROOT } from '../workspace.ts'

/** The dependencies of the applications and our packages: linked from this workspace, so that nothing is downloaded. */
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

/** Creates an empty npm project and installs `specifiers` (tarballs, or names from the registry in `flags`). */
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

/** Writes the test file at the start of @keepsake/testing's README. It is valid JavaScript as well as TypeScript. */
export function writeSuite(directory: string): void {
  const page = readFileSync(join(ROOT, 'packages/testing/README.md'), 'utf8')
  const [, code] = /^```ts\n([^]+?)^```$/m.exec(page) ?? []
  if (code === undefined) throw new Error('the README of @keepsake/testing contains no test file')
  writeFileSync(join(directory, 'suite.test.mjs'), code)
}

/**
 * Writes the applications twice, as ES modules and as CommonJS, and compiles them against the installed packages. In two
 * programs, because a program with both would contain each declaration of `req.session` twice.
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
