import { describe, expect, it } from 'vitest'
import { ConfigError, describeType } from '../../src/base/errors.ts'
import { readChoice, readFlag, readOptions, readText } from '../../src/base/options.ts'
import { thrownBy } from '../support.ts'

it('options of a wrong type are rejected with the first known option as an example', () => {
  expect(() => readOptions('options', './x', ['directory', 'now'])).toThrow(
    'options: expected a plain object, got a text; write { directory: … }',
  )
})

describe('options', () => {
  it('are accepted if every key is known', () => {
    expect({ ...readOptions('options', { a: 1, b: undefined }, ['a', 'b', 'c']) }).toEqual({
      a: 1,
      b: undefined,
    })
    expect(Object.keys(readOptions('options', undefined, ['a']))).toEqual([])
  })

  it('are a frozen copy without a prototype (R17)', () => {
    const given = { a: 1 }
    const options = readOptions('options', given, ['a'])
    given.a = 2
    expect(options['a']).toBe(1)
    expect(Object.isFrozen(options)).toBe(true)
    expect(Object.getPrototypeOf(options)).toBeNull()
    expect(Object.getPrototypeOf(readOptions('options', undefined, []))).toBeNull()
    expect(readOptions('options', Object.create({ a: 1 }), ['a'])['a']).toBeUndefined()
  })

  it.each([
    [null, 'got null'],
    [1, 'got a number'],
    ['secret', 'got a text'],
    [true, 'got a boolean'],
    [[], 'got a list'],
    [() => 1, 'got a function'],
    [Promise.resolve({ a: 1 }), 'got a promise'],
    [new Map([['a', 1]]), 'got an object'],
    [new Date(0), 'got an object'],
  ])('cannot be %j', (value, message) => {
    expect(() => readOptions('cookie', value, [])).toThrow(`cookie: expected a plain object, ${message}`)
  })

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    'answer the key %s of hostile JSON like any unknown key',
    (key) => {
      const hostile: unknown = JSON.parse(`{"${key}": {"polluted": true}}`)
      expect(() => readOptions('options', hostile, ['a'])).toThrow(`${key}: unknown option; known options: a`)
      expect({}).not.toHaveProperty('polluted')
    },
  )

  it('with an unknown key throw with its path and the known keys', () => {
    const error = thrownBy(() => readOptions('lifetime', { idel: '1h' }, ['idle', 'absolute']))
    expect(error).toBeInstanceOf(ConfigError)
    expect(error).toMatchObject({ option: 'lifetime.idel', code: 'KEEPSAKE_CONFIG', name: 'ConfigError' })
    expect(String(error)).toBe('ConfigError: lifetime.idel: unknown option; known options: idle, absolute')
    expect(() => readOptions('options', { idel: 1 }, ['a'])).toThrow('idel: unknown option; known options: a')
  })
})

describe('a flag', () => {
  it.each([
    [true, false, true],
    [false, true, false],
    [undefined, true, true],
    [undefined, false, false],
  ])('%j with the default %j is %j', (value, fallback, flag) => {
    expect(readFlag('x', value, fallback)).toBe(flag)
  })

  it.each([0, 1, 'true', 'auto', '', null, {}])('cannot be %j', (value) => {
    expect(() => readFlag('cookie.secure', value, true)).toThrow(
      /^cookie\.secure: expected true or false, got /,
    )
  })
})

describe('a choice', () => {
  it('is exactly one of the allowed words', () => {
    expect(readChoice('x', 'lax', ['strict', 'lax'])).toBe('lax')
    expect(readChoice('x', undefined, ['strict', 'lax'])).toBeUndefined()
  })

  it.each(['Lax', ' lax', 'lax;', '', null, 0, ['lax'], { toString: () => 'lax' }, 'length', '0'])(
    'is not %j',
    (value) => {
      expect(() => readChoice('x', value, ['strict', 'lax'])).toThrow(/^x: expected 'strict' or 'lax', got /)
    },
  )
})

describe('a text option', () => {
  it('is limited to 65,535 bytes, not characters', () => {
    const most = 'a'.repeat(65_535)
    expect(readText('x', most)).toBe(most)
    expect(readText('x', '')).toBe('')
    expect(() => readText('x', `${most}a`)).toThrow('x: expected text of at most 65,535 bytes, got a text')
    expect(() => readText('x', 'ä'.repeat(32_768))).toThrow(ConfigError)
    expect(readText('x', 'ä'.repeat(32_767))).toHaveLength(32_767)
  })

  it.each([undefined, null, 1, {}, []])('cannot be %j', (value) => {
    expect(() => readText('audience', value)).toThrow(
      /^audience: expected text of at most 65,535 bytes, got /,
    )
  })
})

describe('the message about a wrong value', () => {
  it.each([
    ['hush', 'a text'],
    ['', 'an empty text'],
    [null, 'null'],
    [undefined, 'undefined'],
    [1.5, 'a number'],
    [true, 'a boolean'],
    [1n, 'a bigint'],
    [['hush'], 'a list'],
    [{ password: 'hush' }, 'an object'],
    [Promise.resolve('hush'), 'a promise'],
    [Symbol('hush'), 'a symbol'],
    [() => 'hush', 'a function'],
  ])('names only its type: %o is %s', (value, text) => {
    expect(describeType(value)).toBe(text)
  })
})
