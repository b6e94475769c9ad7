import { expect, it, vi } from 'vitest'
import { since } from '../../src/base/time.ts'

it('`since` returns the elapsed time in milliseconds, to the microsecond', () => {
  const now = vi.spyOn(performance, 'now').mockReturnValue(1234.567_89)
  try {
    expect(since(1000)).toBe(234.568)
  } finally {
    now.mockRestore()
  }
})

it('`since` returns undefined without a start time', () => {
  expect(since(undefined)).toBeUndefined()
})
