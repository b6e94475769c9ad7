import { expect, it, vi } from 'vitest'
import { since } from '../../src/base/time.ts'

it('the time since something began is told in milliseconds, to the microsecond', () => {
  const now = vi.spyOn(performance, 'now').mockReturnValue(1234.567_89)
  try {
    expect(since(1000)).toBe(234.568)
  } finally {
    now.mockRestore()
  }
})

it('the time since something is not told where its beginning was not measured', () => {
  expect(since(undefined)).toBeUndefined()
})
