import { globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import {
  cycleFaults,
  depthFaults,
  importFaults,
  type Layout,
  readSources,
  structureOf,
  wingFaults,
} from '../packages/structure.ts'
import { run } from '../run.ts'
import { publicPackages, ROOT } from '../workspace.ts'

/** A folder with these source files. */
function sourcesOf(tree: Readonly<Record<string, string>>) {
  const folder = mkdtempSync(join(tmpdir(), 'keepsake-structure-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const [path, text] of Object.entries(tree)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return readSources(folder)
}

const LAYOUT: Layout = { entries: ['index'], wings: { upper: 2, left: 1, right: 1 }, deepest: 3 }

/** A package without faults: a chain of three files. */
const SOUND = {
  'index.ts': "export { upper } from './upper/upper.ts'\n",
  'upper/upper.ts': "import { left } from '../left/left.ts'\n\nexport const upper = left\n",
  'left/left.ts': 'export const left = 1\n',
}

const faultsOf = (tree: Readonly<Record<string, string>>, layout = LAYOUT) =>
  wingFaults(sourcesOf({ ...SOUND, ...tree }), layout)

describe('the check of package imports', () => {
  const MAY_IMPORT = ['@keepsake/core']
  const faultsOf = (text: string, path = 'own/file.ts') =>
    importFaults(sourcesOf({ [path]: text, 'other.ts': '' }), MAY_IMPORT)

  it('covers every source file of every published package', async () => {
    const sources = publicPackages().flatMap(({ path }) =>
      globSync('src/**/*', { cwd: path, withFileTypes: true }).filter((entry) => entry.isFile()),
    )
    const told = await run(process.execPath, ['scripts/check-imports.ts'], { cwd: ROOT })
    expect(sources.length).toBeGreaterThan(100)
    expect(told).toContain(`\n${sources.length} files, 0 faults`)
  })

  it('reports a package without a rule', () => {
    expect(importFaults(sourcesOf(SOUND), undefined)).toEqual(['no rule says what it may import'])
  })

  it('accepts imports of Node, of the package itself and of allowed packages', () => {
    const text =
      "import 'node:fs'\nimport '@keepsake/core'\nimport '../other.ts'\nimport '../../package.json'\n"
    expect(faultsOf(text)).toEqual([])
  })

  it.each([
    ["import 'lodash'\n", 'must not import lodash'],
    ["import '@keepsake/core/store'\n", 'must not import @keepsake/core/store'],
    ["const fs = require('fs')\n", 'must not import fs'],
    ['const load = () => import(`lodash`)\n', 'must not import lodash'],
    ["import '../../../core/src/index.ts'\n", 'must not leave its package for ../../../core/src/index.ts'],
  ])('reports the forbidden import %j', (text, fault) => {
    expect(faultsOf(text)).toEqual([`own/file.ts ${fault}`])
  })

  it.each(['mts', 'cts', 'tsx', 'js', 'mjs', 'cjs'])('reports a forbidden import in a .%s file', (kind) => {
    expect(faultsOf("import 'lodash'\n", `file.${kind}`)).toEqual([`file.${kind} must not import lodash`])
  })
})

describe('the check of wings', () => {
  it('accepts a package whose imports all go down', () => {
    expect(faultsOf({})).toEqual([])
  })

  it('reports a file in a folder that is not a wing', () => {
    expect(faultsOf({ 'attic/box.ts': '' })).toEqual(['attic/box.ts is in no wing'])
  })

  it('reports a file in the root that is not an entry', () => {
    expect(faultsOf({ 'helper.ts': '' })).toEqual(['helper.ts is in no wing'])
  })

  it('reports an import from a wing on a higher floor', () => {
    expect(faultsOf({ 'left/left.ts': "import { upper } from '../upper/upper.ts'\n" })).toEqual([
      'left/left.ts must not import upward upper/upper.ts',
    ])
  })

  it('reports an import from an entry by a wing', () => {
    expect(faultsOf({ 'upper/upper.ts': "export * from '../index.ts'\n" })).toEqual([
      'upper/upper.ts must not import upward index.ts',
    ])
  })

  it('reports an import between two wings on the same floor, unless the layout allows it', () => {
    const tree = { 'right/right.ts': "import { left } from '../left/left.ts'\n" }
    expect(faultsOf(tree)).toEqual(['right/right.ts must not import sideways left/left.ts'])
    expect(faultsOf(tree, { ...LAYOUT, across: ['right → left'] })).toEqual([])
    expect(faultsOf(tree, { ...LAYOUT, across: ['left → right'] })).toHaveLength(1)
  })

  it.each([
    ['of a type', "import type { Upper } from '../upper/upper.ts'\n"],
    ['over several lines', "import {\n  type Upper,\n  upper,\n} from '../upper/upper.ts'\n"],
    ['without names', "import '../upper/upper.ts'\n"],
    ['that is an export', "export { upper } from '../upper/upper.ts'\n"],
    ['as an expression', "const load = () => import('../upper/upper.ts')\n"],
    ['as a type', "type Upper = import('../upper/upper.ts').Upper\n"],
    ['behind a comment', "/* one */\n// two\nimport { upper } from '../upper/upper.ts'\n"],
  ])('recognizes an import %s', (_, text) => {
    expect(faultsOf({ 'left/left.ts': text })).toEqual(['left/left.ts must not import upward upper/upper.ts'])
  })

  it('ignores an import in a comment', () => {
    const text = "/*\nimport { upper } from '../upper/upper.ts'\n*/\n// import('../upper/upper.ts')\n"
    expect(faultsOf({ 'left/left.ts': text })).toEqual([])
  })
})

describe('the check of cycles', () => {
  it('accepts a package whose imports all go down', () => {
    expect(cycleFaults(sourcesOf(SOUND))).toEqual([])
  })

  it('reports files that import each other in a cycle, even if one is a type import', () => {
    const files = sourcesOf({
      'a.ts': "import './b.ts'\n",
      'b.ts': "import type { C } from './c.ts'\n",
      'c.ts': "export * from './a.ts'\n",
    })
    expect(cycleFaults(files)).toEqual(['a.ts → b.ts → c.ts → a.ts is an import cycle'])
  })

  it('reports a file that imports itself', () => {
    expect(cycleFaults(sourcesOf({ 'a.ts': "import './a.ts'\n" }))).toEqual([
      'a.ts → a.ts is an import cycle',
    ])
  })
})

describe('the check of depth', () => {
  it('accepts a package whose longest import chain has as many files as the layout allows', () => {
    expect(depthFaults(sourcesOf(SOUND), LAYOUT)).toEqual([])
  })

  it('reports a longest import chain with more files than the layout allows', () => {
    expect(depthFaults(sourcesOf(SOUND), { ...LAYOUT, deepest: 2 })).toEqual([
      'index.ts → upper/upper.ts → left/left.ts is 3 files deep; the limit is 2',
    ])
  })
})

describe('the structure of a package, as the check prints it,', () => {
  it('has the number of files and lines, and the longest import chain', () => {
    const files = sourcesOf({ ...SOUND, 'right/right.ts': "import 'node:fs'\n" })
    expect(structureOf(files)).toEqual({
      files: 4,
      lines: 6,
      chain: ['index.ts', 'upper/upper.ts', 'left/left.ts'],
    })
  })

  it('uses the longest of several chains to the same file', () => {
    const files = sourcesOf({
      'a.ts': "import './d.ts'\nimport './b.ts'\n",
      'b.ts': "import './c.ts'\n",
      'c.ts': "import './d.ts'\n",
      'd.ts': '',
    })
    expect(structureOf(files).chain).toEqual(['a.ts', 'b.ts', 'c.ts', 'd.ts'])
  })

  it.each(['core', 'node-http'])('finds no cycle in the sources of %s', (name) => {
    const files = readSources(join(ROOT, 'packages', name, 'src'))
    expect(files.length).toBeGreaterThan(10)
    expect(cycleFaults(files)).toEqual([])
  })
})
