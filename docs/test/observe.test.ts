import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { eventTable, fieldTable, withParts } from '../src/event-tables.ts'
import { spendFirstHour } from '../src/first-hour.ts'
import { ROOT } from '../src/pages.ts'

const PAGE = join(ROOT, 'docs/observe.md')
const source = (name: string): string => readFileSync(join(ROOT, 'packages/core/src/base', name), 'utf8')
const sources = { events: source('events.ts'), reasons: source('reasons.ts') }

/** With `KEEP=1` the page is redrawn instead of compared. */
function compare(parts: Readonly<Record<string, string>>): void {
  const page = readFileSync(PAGE, 'utf8')
  const drawn = withParts(page, parts)
  if (process.env['KEEP'] === '1') writeFileSync(PAGE, drawn)
  else expect(page).toBe(drawn)
}

it('docs/observe.md has every event, reason and field of the code: KEEP=1 redraws it', () => {
  compare({
    events: eventTable(sources),
    'fields of an event': fieldTable(sources, 'SessionEvent'),
    'fields of a call': fieldTable(sources, 'StoreCall'),
  })
})

it('docs/observe.md shows the development log as it is printed: KEEP=1 redraws it', async () => {
  const lines: string[] = []
  const { error } = console
  console.error = (line: unknown) => void lines.push(String(line))
  onTestFinished(() => void (console.error = error))
  await spendFirstHour()
  // The duration of a store call depends on the machine.
  const same = lines.map((line) => line.replaceAll(/ +\d+\.\d ms/g, '     0.4 ms'))
  compare({ 'the first hour': ['```text', ...same, '```'].join('\n') })
})
