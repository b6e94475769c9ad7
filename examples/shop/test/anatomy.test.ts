import { describe, expect, test } from 'vitest'
import { anatomyOf } from '../src/anatomy.ts'
import { HOSTILE, STORED, TOKEN } from './samples.ts'

test('a token is split into the parts of its format', () => {
  expect(anatomyOf(TOKEN)).toEqual({
    kind: 'token',
    bytes: 97,
    segments: [
      { part: 'version', bytes: 1, hex: '01' },
      { part: 'key', bytes: 8, hex: '2574b32ddec703c7' },
      { part: 'nonce', bytes: 24, hex: '41424344…55565758' },
      { part: 'sealed', bytes: 48, hex: 'b2fc0add…4a3c1c4b' },
      { part: 'tag', bytes: 16, hex: '841fd6e4…a7f72651' },
    ],
  })
})

test('a value of 64 characters is split into a locator and a verifier, even if it starts like a token', () => {
  expect(anatomyOf(STORED)).toEqual({
    kind: 'stored',
    locator: 'bb8263f6…ed3d665f',
    verifier: '0dde29c3…fb4f5997',
  })
  expect(anatomyOf(`A${STORED.slice(1)}`)).toMatchObject({ kind: 'stored' })
})

describe('the anatomy of a value that is not a token', () => {
  test.each([
    ['nothing', '', 'empty'],
    ['a short value', 'dark', 'shorter'],
    ['a truncated token', TOKEN.slice(0, 104), 'shorter'],
    ['a value longer than a cookie can be', 'A'.repeat(4097), 'longer'],
    ['markup', HOSTILE, 'base64url'],
    ['padding', `${TOKEN}==`, 'base64url'],
    ['a line break at the end', `${TOKEN}\n`, 'base64url'],
    ['non-ASCII letters', 'ü'.repeat(120), 'base64url'],
    ['half of a surrogate pair', '\uD800'.repeat(120), 'base64url'],
    ['a length that base64url cannot have', 'A'.repeat(109), 'canonical'],
    ['unused bits that are set', `${TOKEN.slice(0, -1)}R`, 'canonical'],
    ['another version', `B${TOKEN.slice(1)}`, 'version'],
  ])('gives the reason for %s', (_, value, why) => {
    const anatomy = anatomyOf(value)
    expect(anatomy.kind === 'other' && anatomy.why).toContain(why)
  })
})
