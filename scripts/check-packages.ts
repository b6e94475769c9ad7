/**
 * Checks what users would get: the metadata, the tarballs and their types, and the smallest apps on every line of Node, in
 * an npm project outside of the workspace. Needs the packages to be built.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NODE_LINES, nodeBinary, type NodeLine } from '@keepsake/test-nodes'
import { IS_LONG, reachPostgres, reachRedis } from '@keepsake/test-services'
import { compileApps, createConsumer, writeSuite } from './packages/consumer.ts'
import { compileGettingStarted } from './packages/getting-started.ts'
import { metadataProblems } from './packages/metadata.ts'
import { RUNNERS, writeRunnerTests } from './packages/runners.ts'
import { packAll, tarballProblems } from './packages/tarballs.ts'
import { report, run } from './run.ts'
import { publicPackages } from './workspace.ts'

/** An ES module and a CommonJS one of a process must see the same classes, or `instanceof` would lie. */
const ONE_COPY = `
import { createRequire } from 'node:module'
import * as imported from '@keepsake/core'
const required = createRequire(process.cwd() + '/x.cjs')('@keepsake/core')
if (imported.ConfigError !== required.ConfigError) throw new Error('there are two copies of core')
`

/** Other programs that load the packages: tried on each line at night, and on that of the workspace with every change. */
const PROGRAMS: readonly (readonly string[])[] = [
  ['node_modules/vitest/vitest.mjs', 'run', '--root=.'],
  ...RUNNERS,
]
const hasPrograms = (line: NodeLine): boolean => IS_LONG || process.versions.node.startsWith(`${line}.`)

/** What fails on one line of Node. */
async function nodeProblems(
  line: NodeLine,
  directory: string,
  env: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const calls = [
    ['main.mjs'],
    ['main.cjs'],
    ['--input-type=module', '--eval', ONE_COPY],
    ['node_modules/keepsake/dist/main.js', 'secret'],
    ...(hasPrograms(line) ? PROGRAMS : []),
  ]
  const problems: string[] = []
  for (const args of calls) {
    await run(nodeBinary(line), args, { cwd: directory, env }).catch((error: unknown) => {
      problems.push(`Node ${line}: ${String(error)}`)
    })
  }
  return problems
}

async function runApps(directory: string): Promise<readonly string[]> {
  const redis = await reachRedis()
  const postgres = await reachPostgres()
  const env = {
    ...(redis && { REDIS_URL: redis.url }),
    ...(postgres && { POSTGRES_URL: postgres.url }),
  }
  try {
    // One after the other: they share a table in PostgreSQL.
    const problems: string[] = []
    for (const line of NODE_LINES) problems.push(...(await nodeProblems(line, directory, env)))
    return problems
  } finally {
    await redis?.stop()
    await postgres?.stop()
  }
}

const packages = publicPackages()
report('package.json of each package', packages.flatMap(metadataProblems))

const directory = mkdtempSync(join(tmpdir(), 'keepsake-packages-'))
try {
  mkdirSync(join(directory, 'tarballs'))
  const tarballs = await packAll(packages, join(directory, 'tarballs'))
  const problems = await Promise.all(tarballs.map(tarballProblems))
  report('tarballs: contents, publint, are the types wrong', problems.flat())
  const consumer = join(directory, 'consumer')
  await createConsumer(
    consumer,
    tarballs.map(({ path }) => path),
  )
  await compileApps(consumer)
  console.log('✓ types, by nodenext, in ES modules and in CommonJS')
  await compileGettingStarted(directory, tarballs)
  console.log('✓ getting started with nothing but the adapter, by pnpm and what tsc --init says')
  writeSuite(consumer)
  writeRunnerTests(consumer)
  report(
    `the smallest apps, imported and required, on Node ${NODE_LINES.join(', ')}`,
    await runApps(consumer),
  )
} finally {
  rmSync(directory, { recursive: true, force: true })
}
