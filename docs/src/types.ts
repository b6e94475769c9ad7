import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import type { Module } from './modules.ts'
import { folderOf, modulesOfPage, type Page, ROOT, WRITTEN } from './pages.ts'

/** Compiler options of a reader's project; `module` and the others come from ours. */
const COMPILER_OPTIONS = {
  noUnusedLocals: false,
  noUnusedParameters: false,
  exactOptionalPropertyTypes: false,
  noUncheckedIndexedAccess: false,
  isolatedModules: true,
  experimentalDecorators: true,
}

/** The compiler's errors for the code of the pages, each with the line of the page. */
export async function checkTypes(pages: readonly Page[]): Promise<string[]> {
  const checked = pages
    .map((page) => ({ page, modules: modulesOfPage(page) }))
    .filter(({ modules }) => modules.length > 0)
  // A program can have only one session data type, so pages with another one are a separate program.
  const programs = Object.values(Object.groupBy(checked, declaredData))
  const outputs = await Promise.all(programs.map((program = []) => compile(program)))
  return outputs.flat()
}

interface Checked {
  readonly page: Page
  readonly modules: readonly Module[]
}

/** The session data type that a page declares; empty without one. */
function declaredData({ modules }: Checked): string {
  const declaration = /interface Register \{\s*session: ([^{}]*(?:\{[^{}]*\})?)/
  const found = modules.map(({ text }) => declaration.exec(text)?.[1]).find((type) => type !== undefined)
  return (found ?? '').replaceAll(/\s+/g, ' ')
}

async function compile(program: readonly Checked[]): Promise<string[]> {
  const [first] = program
  if (first === undefined) return []
  const config = join(WRITTEN, `tsconfig.${basename(folderOf(first.page))}.json`)
  const include = program.map(({ page }) => `${relative(WRITTEN, folderOf(page))}/**/*.ts`)
  const extending = { extends: '../../tsconfig.base.json', compilerOptions: COMPILER_OPTIONS, include }
  writeFileSync(config, JSON.stringify(extending))
  const { stdout } = await run('tsc', ['-p', config, '--pretty', 'false'])
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => located(line, program))
}

function run(command: string, args: readonly string[]): Promise<{ stdout: string }> {
  return new Promise((resolve, reject) => {
    execFile(command, args, { cwd: ROOT }, (error, stdout, stderr) => {
      if (error !== null && stdout === '') reject(new Error(`${error.message}${stderr}`, { cause: error }))
      else resolve({ stdout })
    })
  })
}

/** `docs/.blocks/…/line-12.ts(3,5): error …` as `docs/page.md:14: error …`. */
function located(diagnostic: string, program: readonly Checked[]): string {
  const found = /^(.+)\((\d+),\d+\): (.*)$/.exec(diagnostic)
  if (found === null) return diagnostic
  const [, file = '', row = '', message = ''] = found
  for (const { page, modules } of program) {
    const name = relative(folderOf(page), join(ROOT, file)).replaceAll('\\', '/')
    const module = modules.find((module) => module.file === name)
    if (module !== undefined)
      return `${page.path}:${module.lines[Number(row) - 1] ?? `${module.line} (around)`}: ${message}`
  }
  return diagnostic
}
