import { expect, test } from 'vitest'
import { shorten, shortenSetCookie } from '../src/shorten.ts'
import { ID, TOKEN } from './samples.ts'

test.each([
  ['a token', TOKEN, 'ASV0sy3e…p_cmUQ'],
  ['an id', ID, `${ID.slice(0, 7)}…${ID.slice(-7)}`],
  ['a short value', 'dark', '…'],
  ['nothing', '', '…'],
])('%s loses its middle', (_, value, expected) => {
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
