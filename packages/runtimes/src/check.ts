import { readFileSync, writeFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { covers, LEFT_OUT } from './left-out.ts'
import { type Column, columnOf, outcomeOf, withColumn } from './page.ts'
import { isTriedOn, ROWS } from './rows.ts'
import type { FileResult } from './run-files.ts'
import { tryOn } from './try-on.ts'

const PAGE = new URL('../../../docs/runtimes.md', import.meta.url)

/** Tests a runtime by all that can be asked of it. With `KEEP=1` the page is drawn anew instead of being compared. */
export function checkRuntime(runtime: Column): void {
  describe(`on ${runtime}`, () => {
    let results: readonly FileResult[] = []
    beforeAll(async () => void (results = await tryOn(runtime)))

    it.each(ROWS.filter((row) => isTriedOn(row, runtime)))('all tests pass of: $title', (row) => {
      expect(outcomeOf(results).get(row) ?? []).toEqual([])
    })

    it('what is left out is there', () => {
      const unused = LEFT_OUT.filter(
        (one) => one.on.includes(runtime) && !results.some(({ file, name }) => covers(one, file, name)),
      )
      expect(unused).toEqual([])
    })

    it('docs/runtimes.md says what the suites came to: KEEP=1 draws it anew', () => {
      const page = readFileSync(PAGE, 'utf8')
      const drawn = withColumn(page, runtime, columnOf(runtime, results))
      if (process.env['KEEP'] === '1') writeFileSync(PAGE, drawn)
      else expect(page).toBe(drawn)
    })
  })
}
