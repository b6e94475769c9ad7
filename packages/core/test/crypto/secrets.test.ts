import { createHmac, randomBytes } from 'node:crypto'
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { ConfigError } from '../../src/base/errors.ts'
import { derive, readSecrets } from '../../src/crypto/secrets.ts'
import { present, secretOf, thrownBy } from '../support.ts'
import * as fc from 'fast-check'

const MAKE_ONE = 'generate one with: npx keepsake secret'

describe('secrets', () => {
  it.each<[string, unknown, string]>([
    [
      'a variable that is not set',
      undefined,
      'secrets: expected secrets, newest first, as a list or as text with commas, got undefined; is the environment variable set?',
    ],
    [
      'bytes by themselves',
      randomBytes(32),
      'secrets: expected secrets, newest first, as a list or as text with commas, got an object',
    ],
    [
      'one short text',
      'x',
      'secrets: every secret must be at least 32 bytes long, this one has 1; generate one with',
    ],
    ['an empty text', '', 'secrets: is empty; is the environment variable set?'],
    ['a text of several, one empty', `${secretOf('a')},`, 'secrets[1]: is empty'],
    ['a text of several, one short', `${secretOf('a')}, x`, 'secrets[1]: every secret must be at least 32'],
    [
      'a text with one twice',
      `${secretOf('a')},${secretOf('a')}`,
      'secrets[1]: is the same secret as secrets[0]',
    ],
    [
      'a list with one twice, once in a text',
      [secretOf('a'), `${secretOf('b')},${secretOf('a')}`],
      'secrets[2]: is the same secret as secrets[0]',
    ],
    ['an empty list', [], 'secrets: at least one secret is needed'],
    ['an unset variable', [undefined], 'secrets[0]: is empty; is the environment variable set?'],
    ['an empty variable', [''], 'secrets[0]: is empty; is the environment variable set?'],
    ['null', [null], 'secrets[0]: expected text or bytes, got null'],
    ['a number', [12_345_678], 'secrets[0]: expected text or bytes, got a number'],
    ['31 characters', ['abcdefghijklmnopqrstuvwxyz01234'], 'at least 32 bytes long, this one has 31'],
    ['31 bytes', [randomBytes(31)], 'at least 32 bytes long, this one has 31'],
    ['"secret"', ['secret'], 'at least 32 bytes long, this one has 6'],
    [
      '15 characters again and again',
      ['abcdefghijklmno'.repeat(3)],
      'has fewer than 16 different characters',
    ],
    ['one character', ['a'.repeat(64)], 'has fewer than 16 different characters'],
    ['zero bytes', [Buffer.alloc(32)], 'has fewer than 16 different characters'],
    ['hexadecimal with few bytes', ['0123456789abcdef'.repeat(4)], 'has fewer than 16 different characters'],
    ['a later one', [secretOf('a'), 'short'], 'secrets[1]: every secret must be at least 32 bytes long'],
    [
      'the same twice',
      [secretOf('a'), secretOf('b'), secretOf('a')],
      'secrets[2]: is the same secret as secrets[0]',
    ],
    [
      'the same as text and as bytes',
      [secretOf('a'), Buffer.from(secretOf('a'))],
      'secrets[1]: is the same secret as secrets[0]',
    ],
    [
      "iron-session's sample",
      ['complex_password_at_least_32_characters_long'],
      'secrets[0]: this value is published in documentation',
    ],
    ['keyboard cat, longer', ['keyboard cat keyboard cat 0123456789 xyz'], 'this value is published'],
    ['a phrase in capitals', ['CHANGE-ME-abcdefghijklmnopqrstuvwxyz'], 'this value is published'],
    [
      'a phrase as bytes',
      [Buffer.from('my super secret abcdefghijklmnopqrstuvwxyz')],
      'this value is published',
    ],
    [
      'a sample key',
      ['192b9bdd22ab9ed4d12e236c78afcb9a393ec15f71bbf5dc987d54727823bcbf'],
      'this value is published',
    ],
    ['a sample key', ['2gyZ3GDw3LHZQKDhPmPDL3sjREVRXPr8'], 'this value is published'],
  ])('are rejected when they are %s (R57, R58, R60)', (_, secrets, message) => {
    const error = thrownBy(() => readSecrets('secrets', secrets))
    expect(error).toBeInstanceOf(ConfigError)
    expect(String(error)).toContain(message)
  })

  it.each([[undefined], ['short'], ['a'.repeat(64)], ['changeme-abcdefghijklmnopqrstuvwxyz']])(
    'that are rejected cause an error that shows how to generate one: %s',
    (secret) => {
      expect(() => readSecrets('secrets', [secret])).toThrow(MAKE_ONE)
    },
  )

  it('are never shown when they are rejected', () => {
    const weak = ['hush-hush', 'hush'.repeat(20), 'changeme hush hush hush hush abcdefghijklmnop']
    for (const secret of weak) {
      expect(inspect(thrownBy(() => readSecrets('secrets', [secret])))).not.toContain('hush')
    }
  })

  it.each<[string, string | Uint8Array]>([
    ['32 random bytes', randomBytes(32)],
    ['a plain Uint8Array', new Uint8Array(randomBytes(32))],
    ['base64', randomBytes(32).toString('base64')],
    ['base64url', randomBytes(32).toString('base64url')],
    ['exactly 32 characters', 'abcdefghijklmnopqrstuvwxyz012345'],
    ['16 different characters', 'abcdefghijklmnop'.repeat(2)],
    ['characters of more bytes', 'äöüßéèêàáçñ€øå½¼'],
    ['a long text', randomBytes(1000).toString('base64')],
  ])('may be %s', (_, secret) => {
    expect(readSecrets('secrets', [secret])).toHaveLength(1)
  })

  it('of 64 random hexadecimal characters are always accepted', () => {
    fc.assert(
      fc.property(fc.boolean(), (isUpper) => {
        const hex = randomBytes(32).toString('hex')
        expect(readSecrets('secrets', [isUpper ? hex.toUpperCase() : hex])).toHaveLength(1)
      }),
    )
  })

  it('stay in their order, as a frozen list of keys', () => {
    const keys = readSecrets('secrets', [secretOf('a'), secretOf('b')])
    expect(keys.map((key) => key.export().toString())).toEqual([secretOf('a'), secretOf('b')])
    expect(Object.isFrozen(keys)).toBe(true)
  })

  it('can be given as a list, as one text with commas, and as such a text in a list', () => {
    const [a, b, c] = [secretOf('a'), secretOf('b'), secretOf('c')]
    const expected = readSecrets('secrets', [a, b, c]).map((key) => key.export().toString('hex'))
    for (const given of [
      `${a},${b},${c}`,
      ` ${a}, ${b} ,${c}\n`,
      [a, `${b},${c}`],
      [`${a},${b}`, Buffer.from(c)],
    ])
      expect(readSecrets('secrets', given).map((key) => key.export().toString('hex'))).toEqual(expected)
  })

  it('given as bytes are copied, so that wiping the bytes has no effect', () => {
    const bytes = Buffer.from(secretOf('a'))
    const [key] = readSecrets('secrets', [bytes])
    bytes.fill(0)
    expect(present(key).export().toString()).toBe(secretOf('a'))
  })

  it('do not appear in inspection, JSON or text (R62)', () => {
    const keys = readSecrets('secrets', [secretOf('a')])
    const shown = inspect(keys, { showHidden: true, depth: 9 }) + JSON.stringify(keys)
    for (const encoding of ['utf8', 'hex', 'base64'] as const) {
      expect(shown).not.toContain(Buffer.from(secretOf('a')).toString(encoding))
    }
  })
})

/** RFC 5869, step by step. */
function hkdf(ikm: string, salt: string, info: string, length: number): Buffer {
  const prk = createHmac('sha256', salt).update(ikm).digest()
  const block = createHmac('sha256', prk)
    .update(info)
    .update(Buffer.from([1]))
    .digest()
  return block.subarray(0, length)
}

describe('a derived key', () => {
  const [secret] = readSecrets('secrets', [secretOf('a')])

  it('is HKDF-SHA-256 of the secret, the use and the context (R61)', () => {
    expect(derive(present(secret), 'key', Buffer.from('context'), 32)).toEqual(
      hkdf(secretOf('a'), 'keepsake/v1', 'keycontext', 32),
    )
    expect(derive(present(secret), 'kid', Buffer.from('context'), 8)).toEqual(
      hkdf(secretOf('a'), 'keepsake/v1', 'kidcontext', 8),
    )
  })

  it('differs for every use, context and secret (R61)', () => {
    const secrets = readSecrets('secrets', [secretOf('a'), secretOf('b')])
    const keys = secrets.flatMap((secret) =>
      (['key', 'kid', 'log'] as const).flatMap((use) =>
        ['', 'a', 'b'].map((context) => derive(secret, use, Buffer.from(context), 32).toString('hex')),
      ),
    )
    expect(new Set(keys).size).toBe(18)
  })
})
