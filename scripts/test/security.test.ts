import { createHash } from 'node:crypto'
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { canariesOf, searchOutputs } from '../security/canaries.ts'
import { judge, readReports } from '../security/reports.ts'
import { faultsOf, rowsOf } from '../security/table.ts'

const TABLE = `
| # | Requirement | Source | Tests |
|---|---|---|---|
| R1 | One. | RFC | core/test/a.test.ts > a cookie > is read<br>examples/tests/test/b.test.ts > …in a browser |
| R2 | Two. | a \\| b | core/test/a.test.ts > is written (R2) |
`

describe('the table of security requirements', () => {
  it('is read row by row, with the tests that each row names', () => {
    expect(rowsOf(TABLE)).toEqual([
      {
        id: 'R1',
        tests: [
          { file: 'packages/core/test/a.test.ts', name: 'a cookie > is read' },
          { file: 'examples/tests/test/b.test.ts', name: '…in a browser' },
        ],
      },
      { id: 'R2', tests: [{ file: 'packages/core/test/a.test.ts', name: 'is written (R2)' }] },
    ])
  })

  it('has no faults if each number has one row with a test', () => {
    expect(faultsOf(rowsOf(TABLE), 2)).toEqual([])
  })

  it('has a fault for each missing, duplicate or unknown number and each row without a test', () => {
    const rows = rowsOf(`${TABLE}| R2 | Again. | | core/test/a.test.ts |\n| R9 | Unknown. | | |\n`)
    expect(faultsOf(rows, 3)).toEqual([
      'R3 is missing',
      'R2 appears twice',
      'R9 is not a requirement',
      'R9 names no test',
      'R2: packages/core/test/a.test.ts has no test name',
    ])
  })
})

describe('the check of test reports', () => {
  const root = mkdtempSync(join(tmpdir(), 'reports-'))
  afterAll(() => rmSync(root, { recursive: true }))

  function write(tests: readonly (readonly [group: string, title: string, status: string])[]): void {
    mkdirSync(join(root, 'packages/core/.reports'), { recursive: true })
    mkdirSync(join(root, 'packages/core/test'), { recursive: true })
    const file = join(root, 'packages/core/test/a.test.ts')
    writeFileSync(file, '')
    const assertionResults = tests.map(([group, title, status]) => ({
      ancestorTitles: [group],
      title,
      status,
    }))
    const report = { testResults: [{ name: file, assertionResults }] }
    writeFileSync(join(root, 'packages/core/.reports/tests.json'), JSON.stringify(report))
  }

  const verdictOf = (name: string, file = 'core/test/a.test.ts') =>
    judge(root, rowsOf(`| R1 | One. | | ${file} > ${name} |`), readReports(root))

  it('finds a test that ran and passed, by its full name or a part of it', () => {
    write([['a cookie', 'is read: 1+1 (R1)', 'passed']])
    for (const name of ['a cookie > is read: 1+1 (R1)', '(R1)', 'a cookie', 'a cookie > … (R1)'])
      expect(verdictOf(name)).toEqual({ faults: [], skipped: [], ran: 1 })
  })

  it.each([
    ['does not exist', 'is written', undefined, /no such test in the last run/],
    ['is in a missing file', 'is read', 'core/test/none.test.ts', /no such file/],
    ['failed', 'failing', undefined, /failed/],
    ['failed beside one that passed', 'a cookie', undefined, /failed/],
  ])('reports a test that %s', (_, name, file, fault) => {
    write([
      ['a cookie', 'is read', 'passed'],
      ['a cookie', 'failing', 'failed'],
    ])
    expect(verdictOf(name, file).faults).toEqual([expect.stringMatching(fault)])
  })

  it('lists a skipped test, unless another package has run it', () => {
    write([['redis', 'is read', 'pending']])
    expect(verdictOf('is read').skipped).toHaveLength(1)
    write([
      ['redis', 'is read', 'pending'],
      ['memory', 'is read', 'passed'],
    ])
    expect(verdictOf('is read')).toEqual({ faults: [], skipped: [], ran: 1 })
  })
})

describe('the search for secrets of the tests in the output of their runs', () => {
  const root = mkdtempSync(join(tmpdir(), 'outputs-'))
  afterAll(() => rmSync(root, { recursive: true }))
  const secret = 'pV3xkQ7mT1zL9wR5yB2nC8dF4gH6jK0s'

  function write(path: string, text: string): void {
    mkdirSync(join(root, path, '..'), { recursive: true })
    writeFileSync(join(root, path), text)
  }

  it('knows the literal secrets in the sources, and those derived from a label', () => {
    write('packages/core/test/a.test.ts', `const a = ['${secret}', secretOf('a'), secretNamed('a')]`)
    write('packages/core/src/a.ts', `export const no = secretOf('b')`)
    const hashed = ['a', 'store a'].map((text) => createHash('sha256').update(text).digest('base64url'))
    expect(canariesOf(root, [secret, 'gone'])).toEqual({
      secrets: [secret, 'gone', ...hashed],
      gone: ['gone'],
    })
  })

  it('finds a secret in any encoding, and does not print it', () => {
    const bytes = Buffer.from(secret)
    const spelled = [secret, bytes.toString('hex'), bytes.toString('base64'), bytes.toString('base64url')]
    write('packages/core/package.json', '{"scripts":{"test":"vitest run"}}')
    write('packages/core/.turbo/turbo-test.log', `ok\n${spelled.join('\n')}\n${secret.slice(1)}`)
    write('packages/core/.reports/tests.json', '{}')
    const { leaks, missing, searched } = searchOutputs(root, [secret])
    const lines = leaks.map((leak) => /^packages\/core\/\.turbo\/turbo-test\.log:(\d+) /.exec(leak)?.[1])
    // Base64 and base64url are the same for this text.
    expect(lines).toEqual(['2', '3', '4', '5'])
    expect(leaks.join()).not.toContain(secret)
    expect({ missing, searched }).toEqual({ missing: [], searched: 2 })
  })

  it('reports missing output as not searched', () => {
    write('examples/shop/package.json', '{"name":"example-shop","scripts":{"test":"vitest run"}}')
    write('packages/silent/package.json', '{}')
    expect(searchOutputs(root, [secret]).missing.toSorted()).toEqual([
      'examples/shop/.reports/tests.json',
      'examples/shop/.turbo/turbo-test.log',
    ])
  })

  it('searches the log of the whole run if a package has no log of its own', () => {
    write('.turbo/run.json', `[\n{"source":"example-shop#test","level":"stdout","text":"${secret}"}\n]`)
    const { leaks, missing } = searchOutputs(root, [secret])
    expect(missing).toEqual(['examples/shop/.reports/tests.json'])
    expect(leaks.filter((leak) => leak.startsWith('.turbo/run.json:2 '))).toHaveLength(1)
  })
})
