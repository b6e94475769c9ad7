import { expect, test } from 'vitest'
import { explainClosed, explainOpened, fateOf } from '../src/reasons.ts'

test('each reason code has a sentence', () => {
  expect(explainOpened('forged', 'cookie')).toContain('The seal does not match')
  expect(explainClosed('unchanged', 'store')).toContain('no cookie is sent')
})

test('the panel shows a first cookie as set, a deleted one as cleared, and an unchanged one as left', () => {
  for (const where of ['cookie', 'store'] as const) {
    expect(fateOf('created', where)).toBe('set')
    expect(fateOf('emptied', where)).toBe('clear')
    expect(fateOf('unchanged', where)).toBe('leave')
  }
})

test('a change seals a new token in cookie mode, and keeps the cookie in store mode', () => {
  for (const code of ['changed', 'renewed'] as const) {
    expect(fateOf(code, 'cookie')).toBe('set')
    expect(fateOf(code, 'store')).toBe('leave')
  }
  expect(explainClosed('changed', 'cookie')).toContain('sealed again')
  expect(explainClosed('changed', 'store')).toContain('The cookie stays the same')
  expect(fateOf('regenerated', 'store')).toBe('set')
})

test('in store mode the sentences mention the store', () => {
  expect(explainOpened('opened', 'store')).toContain('The store has')
  expect(explainOpened('malformed', 'store')).toContain('the format of such a cookie')
})
