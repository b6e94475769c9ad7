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
 * Tests a runtime with the quick tests of each row. With `LONG=1`, runs all tests and compares the page with their results; with
 * `KEEP=1` too, redraws the page instead.
 */
export function checkRuntime(runtime: Column): void {
  describe(`on ${runtime}`, () => {
    let results: readonly FileResult[] = []
    beforeAll(async () => void (results = await tryOn(runtime, EXTENT)))

    const rows = ROWS.filter((row) => isTriedOn(row, runtime) && filesOf(row, EXTENT).length > 0)
    it.each(rows)('all tests pass in the row: $title', (row) => {
      // All tests of a row are skipped if its server is not installed; the quick tests need none.
      const none = EXTENT === 'whole' ? [] : undefined
      expect(outcomeOf(results).get(row) ?? none).toEqual([])
    })

    it('docs/runtimes.md names the installed version', () => {
      expect(readFileSync(PAGE, 'utf8')).toContain(`| ${headOf(runtime)} |`)
    })

    if (EXTENT === 'whole') checkPage(runtime, () => results)
  })
}

function checkPage(runtime: Column, results: () => readonly FileResult[]): void {
  it('each test that is left out exists', () => {
    const unused = LEFT_OUT.filter(
      (one) => one.on.includes(runtime) && !results().some(({ file, name }) => covers(one, file, name)),
    )
    expect(unused).toEqual([])
  })

  it('docs/runtimes.md matches the results: KEEP=1 redraws it', () => {
    const page = readFileSync(PAGE, 'utf8')
    const drawn = withColumn(page, runtime, columnOf(runtime, results()))
    if (process.env['KEEP'] === '1') writeFileSync(PAGE, drawn)
    else expect(page).toBe(drawn)
  })
}
