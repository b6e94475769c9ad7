import { expect, test } from 'vitest'
import { when } from '../src/when.ts'

test('a date is shown in UTC, for people and for programs', () => {
  expect(when(new Date(1_800_000_000_000)).toString()).toBe(
    '<time datetime="2027-01-15T08:00:00.000Z">15 Jan 2027, 08:00:00 UTC</time>',
  )
})

test('an undefined or invalid date is shown as a dash', () => {
  expect(when(undefined).toString()).toBe('–')
  expect(when(new Date(Number.NaN)).toString()).toBe('–')
})
