import { expect, test } from 'vitest'
import { explainClosed, explainOpened, fateOf } from '../src/reasons.ts'

test('a reason code reads as a sentence', () => {
  expect(explainOpened('forged', 'cookie')).toContain('The seal does not fit')
  expect(explainClosed('unchanged', 'store')).toContain('no cookie is sent')
})

test('a sentence that speaks of clearing or of a first cookie belongs to a response that does so', () => {
  for (const where of ['cookie', 'store'] as const) {
    expect(fateOf('created', where)).toBe('set')
    expect(fateOf('emptied', where)).toBe('clear')
    expect(fateOf('unchanged', where)).toBe('leave')
  }
})

test('a change seals a new token, and in a store leaves the cookie as it is', () => {
  for (const code of ['changed', 'renewed'] as const) {
    expect(fateOf(code, 'cookie')).toBe('set')
    expect(fateOf(code, 'store')).toBe('leave')
  }
  expect(explainClosed('changed', 'cookie')).toContain('sealed again')
  expect(explainClosed('changed', 'store')).toContain('The cookie stays')
  expect(fateOf('regenerated', 'store')).toBe('set')
})

test('where a store keeps the session, the sentences speak of it', () => {
  expect(explainOpened('opened', 'store')).toContain('The store keeps')
  expect(explainOpened('malformed', 'store')).toContain('the shape of such a cookie')
})
