import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Bundle, bundle, PACKAGES } from './bundle.ts'

/** Test files of a package. Those that replace globals come first: a bundle is one process, and no other test may have a timer yet. */
export const testsOf = (folder: string): string[] =>
  readdirSync(join(PACKAGES, folder, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => `${folder}/test/${name}`)
    .toSorted()
    .toSorted((one, other) => Number(replacesGlobals(other)) - Number(replacesGlobals(one)))

const replacesGlobals = (test: string): boolean =>
  /vi\.(?:useFakeTimers|stubGlobal)/.test(readFileSync(join(PACKAGES, test), 'utf8'))

/** The Node modules that a test may use if it is to run in a Worker: those that only compute. */
const COMPUTES = [
  'assert',
  'async_hooks',
  'buffer',
  'crypto',
  'diagnostics_channel',
  'timers/promises',
  'util',
]
const PORTABLE = new Set(COMPUTES.map((name) => `node:${name}`))

export interface Tests {
  /** Tests that only compute. */
  readonly portable: readonly string[]
  /** Tests that start processes, read files or use V8's internals, and therefore run on Node only. */
  readonly nodeOnly: readonly string[]
}

/** Sorts the test files of a package by their direct and indirect imports. */
export async function sortedTests(folder: string): Promise<Tests> {
  const tests = testsOf(folder)
  const { inputs } = await bundle('node', tests)
  const isPortable = (test: string): boolean => builtinsOf(inputs, test).every((name) => PORTABLE.has(name))
  return { portable: tests.filter(isPortable), nodeOnly: tests.filter((test) => !isPortable(test)) }
}

function builtinsOf(inputs: Bundle['inputs'], test: string): string[] {
  if (inputs[test] === undefined) throw new Error(`${test} is not in the bundle`)
  const seen = new Set([test])
  const builtins = new Set<string>()
  for (const input of seen) {
    for (const { path, external } of inputs[input]?.imports ?? []) {
      if (external !== true) seen.add(path)
      else if (path.startsWith('node:')) builtins.add(path)
    }
  }
  return [...builtins]
}
