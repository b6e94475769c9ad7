/**
 * Checks the packages as users get them: metadata, tarballs, types, and the smallest applications on each release line of Node, in
 * an npm project outside the workspace. The packages must be built.
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

/** ES modules and CommonJS modules of one process must share the same classes, or `instanceof` would fail. */
const ONE_COPY = `
import { createRequire } from 'node:module'
import * as imported from '@keepsake/core'
const required = createRequire(process.cwd() + '/x.cjs')('@keepsake/core')
if (imported.ConfigError !== required.ConfigError) throw new Error('core was loaded twice')
`

/** Other programs that load the packages: tried on each Node line nightly, and on the workspace's Node with every change. */
const PROGRAMS: readonly (readonly string[])[] = [
  ['node_modules/vitest/vitest.mjs', 'run', '--root=.'],
  ...RUNNERS,
]
const hasPrograms = (line: NodeLine): boolean => IS_LONG || process.versions.node.startsWith(`${line}.`)

/** The failures on one Node line. */
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
    // One by one: they share a table in PostgreSQL.
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
  report('tarballs: contents, publint, are-the-types-wrong', problems.flat())
  const consumer = join(directory, 'consumer')
  await createConsumer(
    consumer,
    tarballs.map(({ path }) => path),
  )
  await compileApps(consumer)
  console.log('✓ types, by nodenext, in ES modules and in CommonJS')
  await compileGettingStarted(directory, tarballs)
  console.log(
    '✓ the getting started pages compile with only the adapter installed by pnpm, and the options of tsc --init',
  )
  writeSuite(consumer)
  writeRunnerTests(consumer)
  report(
    `the smallest applications, by import and by require, on Node ${NODE_LINES.join(', ')}`,
    await runApps(consumer),
  )
} finally {
  rmSync(directory, { recursive: true, force: true })
}
