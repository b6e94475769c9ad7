import { readFileSync, writeFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { covers, LEFT_OUT } from './left-out.ts'
import { type Column, columnOf, headOf, outcomeOf, withColumn } from './page.ts'
import { type Extent, filesOf, isTriedOn, ROWS } from './rows.ts'
import type { FileResult } from './run-files.ts'
import { tryOn } from './try-on.ts'

const PAGE = new URL('../../../docs/runtimes.md', import.meta.url)

const EXTENT: Extent = process.env['LONG'] === '1' ? 'whole' : 'quick'

/**
 * Tests a runtime by the quick tests of each row; with `LONG=1` by all, and the page by what they come to. With `KEEP=1` too,
 * the page is drawn anew instead of being compared.
 */
export function checkRuntime(runtime: Column): void {
  describe(`on ${runtime}`, () => {
    let results: readonly FileResult[] = []
    beforeAll(async () => void (results = await tryOn(runtime, EXTENT)))

    const rows = ROWS.filter((row) => isTriedOn(row, runtime) && filesOf(row, EXTENT).length > 0)
    it.each(rows)('all tests pass of: $title', (row) => {
      // All tests of a row are skipped where its server is not installed; those of the quick ones need none.
      const none = EXTENT === 'whole' ? [] : undefined
      expect(outcomeOf(results).get(row) ?? none).toEqual([])
    })

    it('docs/runtimes.md names the version that is tried', () => {
      expect(readFileSync(PAGE, 'utf8')).toContain(`| ${headOf(runtime)} |`)
    })

    if (EXTENT === 'whole') checkPage(runtime, () => results)
  })
}

function checkPage(runtime: Column, results: () => readonly FileResult[]): void {
  it('what is left out is there', () => {
    const unused = LEFT_OUT.filter(
      (one) => one.on.includes(runtime) && !results().some(({ file, name }) => covers(one, file, name)),
    )
    expect(unused).toEqual([])
  })

  it('docs/runtimes.md says what the suites came to: KEEP=1 draws it anew', () => {
    const page = readFileSync(PAGE, 'utf8')
    const drawn = withColumn(page, runtime, columnOf(runtime, results()))
    if (process.env['KEEP'] === '1') writeFileSync(PAGE, drawn)
    else expect(page).toBe(drawn)
  })
}
