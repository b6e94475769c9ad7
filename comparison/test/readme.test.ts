import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { inCookie } from '../src/in-cookie.ts'
import { inStore } from '../src/in-store.ts'
import type { Peer } from '../src/peer.ts'
import { rowsInCookie } from '../src/rows-in-cookie.ts'
import { rowsInStore } from '../src/rows-in-store.ts'
import type { Row } from '../src/rows.ts'

const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8')

const cells = (line = ''): string[] =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim())

/** The table of the README that begins with this cell: its column names, and the marks of each row by the row's text. */
function tableOf(corner: string): { names: string[]; marks: Map<string, string[]> } {
  const lines = readme.split('\n')
  const start = lines.findIndex((line) => line.startsWith(`| ${corner} |`))
  const end = lines.findIndex((line, index) => index > start && !line.startsWith('|'))
  const rows = lines.slice(start + 2, end).map(cells)
  return {
    names: cells(lines[start]).slice(1),
    marks: new Map(rows.map(([text = '', ...marks]) => [text, marks])),
  }
}

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: 1_800_000_000_000 }))
afterEach(() => void vi.useRealTimers())

const passSeconds = (seconds: number): void => void vi.setSystemTime(Date.now() + seconds * 1000)

describe.each<[string, readonly Peer[], readonly Row[]]>([
  ['in the cookie', inCookie, rowsInCookie],
  ['in a store', inStore, rowsInStore],
])('the comparison table of the README, %s,', (corner, peers, rows) => {
  const table = tableOf(corner)

  it('has exactly these libraries and rows', () => {
    expect(table.names).toEqual(peers.map(({ name }) => name))
    expect([...table.marks.keys()]).toEqual(rows.map(({ text }) => text))
  })

  const cases = rows.flatMap((row) =>
    peers.map((peer, column) => ({ text: row.text, name: peer.name, row, peer, column })),
  )
  it.each(cases)('$name: $text', async ({ text, row, peer, column }) => {
    const seen = (await row.observe(peer, passSeconds)) ? 'yes' : 'no'
    expect(seen).toBe(table.marks.get(text)?.[column])
  })
})
