import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ROOT } from '../workspace.ts'

const FOLDER = join(ROOT, '.github/workflows')
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>
}

/** Commands of pnpm itself. */
const OWN_COMMANDS = new Set(['install', 'audit'])

const matches = (text: string, pattern: RegExp): readonly string[] =>
  [...text.matchAll(pattern)].map(([, found = '']) => found)

describe.each(readdirSync(FOLDER))('workflow %s', (file) => {
  const text = readFileSync(join(FOLDER, file), 'utf8')

  it('calls only scripts that the root package.json has', () => {
    const called = matches(text, /pnpm@12 ([\w:-]+)/g).filter((name) => !OWN_COMMANDS.has(name))
    expect(called.length).toBeGreaterThan(0)
    expect(called.filter((name) => !(name in scripts))).toEqual([])
  })

  it('pins actions to a major version, and has write permission only in jobs that give a reason', () => {
    const actions = matches(text, /uses: (\S+)/g)
    expect(actions.length).toBeGreaterThan(0)
    expect(actions.filter((action) => !/^[\w-]+\/[\w-]+@v\d+$/.test(action))).toEqual([])
    expect(text).toMatch(/^permissions:\n {2}contents: read\n/m)
  })
})
