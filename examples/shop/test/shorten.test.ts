import { expect, test } from 'vitest'
import { shorten, shortenSetCookie } from '../src/shorten.ts'
import { STORED, TOKEN } from './samples.ts'

test.each([
  ['a token', TOKEN, 'ASV0sy3e…p_cmUQ'],
  ['the cookie of a stored session', STORED, `${STORED.slice(0, 8)}…${STORED.slice(-8)}`],
  ['a short value', 'dark', '…'],
  ['nothing', '', '…'],
])('the middle of %s is cut out', (_, value, expected) => {
  const short = shorten(value)
  expect(short.endsWith(expected.slice(-6))).toBe(true)
  expect(short.startsWith(expected.slice(0, 6))).toBe(true)
  expect(short.length - 1).toBeLessThanOrEqual(value.length / 3)
})

test.each([
  [`s=${TOKEN}; Path=/; Secure`, 's=ASV0sy3e…D2p_cmUQ; Path=/; Secure'],
  ['s=; Max-Age=0; Path=/', 's=; Max-Age=0; Path=/'],
  [`s=${'ab=c'.repeat(3)}`, 's=ab…=c'],
  ['nonsense', 'nonsense'],
  ['', ''],
])('the Set-Cookie line %j is shown as %j', (line, expected) => {
  expect(shortenSetCookie(line)).toBe(expected)
})
