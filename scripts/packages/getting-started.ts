import { mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '../run.ts'
import { ROOT } from '../workspace.ts'
import type { Tarball } from './tarballs.ts'

/** The pages, with the packages that readers of each install besides the adapter. */
const PAGES: Readonly<Record<string, readonly string[]>> = {
  express: ['express', '@types/express'],
  koa: ['koa', '@types/koa'],
  'node-http': ['@types/node'],
  fastify: ['fastify', '@fastify/formbody', '@types/node'],
  hono: ['hono', '@hono/node-server', '@types/node'],
  fetch: ['@hono/node-server', '@types/node'],
}

const CODE = /^```ts\b.*\n([^]+?)^```$/gm

/**
 * Compiles every code block of the pages as their readers would: in a pnpm project, where code can import only its
 * direct dependencies, with the options that `tsc --init` writes.
 */
export async function compileGettingStarted(directory: string, tarballs: readonly Tarball[]): Promise<void> {
  for (const [page, others] of Object.entries(PAGES)) {
    const project = join(directory, page)
    await createProject(project, tarballs, `@keepsake/${page}`, others)
    const markdown = readFileSync(join(ROOT, `docs/getting-started/${page}.md`), 'utf8')
    const blocks = [...markdown.matchAll(CODE)].map(([, code = '']) => code)
    if (blocks.length === 0) throw new Error(`${page}.md contains no code`)
    for (const [index, code] of blocks.entries()) writeFileSync(join(project, `block-${index}.ts`), code)
    await compile(project)
    if (page === 'express') await refuseExpressSession(project)
  }
}

async function createProject(
  project: string,
  tarballs: readonly Tarball[],
  adapter: string,
  others: readonly string[],
): Promise<void> {
  const ours = tarballs.map((tarball) => [tarball.manifest.name, fileOf(tarball)] as const)
  // Without these, pnpm asks the registry which versions there are.
  const theirs = tarballs
    .flatMap(({ manifest }) => Object.keys(manifest.dependencies ?? {}))
    .filter((name) => !ours.some(([own]) => own === name))
    .map((name) => [name, linkTo(name)] as const)
  mkdirSync(project)
  write(project, 'package.json', { name: 'reader', private: true, type: 'module' })
  // JSON is YAML.
  write(project, 'pnpm-workspace.yaml', { overrides: Object.fromEntries([...ours, ...theirs]) })
  const wanted = tarballs.filter(({ manifest }) => manifest.name === adapter).map(fileOf)
  await add(project, [...wanted, ...others.map(linkTo)])
  await run(TSC, ['--init'], { cwd: project })
}

const fileOf = ({ path }: Tarball): string => `file:${path}`

const TSC = join(ROOT, 'node_modules/.bin/tsc')

const compile = (project: string): Promise<string> => run(TSC, ['--noEmit', '-p', '.'], { cwd: project })

const add = (project: string, specifiers: readonly string[]): Promise<string> =>
  run('pnpm', ['add', '--offline', ...specifiers], { cwd: project })

/** A package of this workspace, so that nothing is downloaded. */
const linkTo = (name: string): string => `link:${realpathSync(join(ROOT, 'scripts/node_modules', name))}`

const write = (project: string, file: string, content: object): void =>
  writeFileSync(join(project, file), JSON.stringify(content))

/** With @types/express-session installed, compilation must fail with a message that says what to do. */
async function refuseExpressSession(project: string): Promise<void> {
  await add(project, [linkTo('@types/express-session')])
  writeFileSync(join(project, 'both.ts'), "import type {} from 'express-session'\n")
  const said = await compile(project).catch(String)
  if (!said.includes('@types/express-session declares another type for req.session: remove it'))
    throw new Error(
      `@types/express-session beside @keepsake/express: expected an error that says what to do, got\n${said}`,
    )
}
