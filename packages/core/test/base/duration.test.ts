import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readDuration } from '../../src/base/duration.ts'
import { ConfigError } from '../../src/base/errors.ts'
import { thrownBy } from '../support.ts'

describe('a duration', () => {
  it.each([
    [0, 0],
    [1, 1],
    [86_400, 86_400],
    [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
    [59_999, 59_999],
    [604_800, 604_800],
    [2_678_400, 2_678_400],
    [25 * 86_400, 25 * 86_400],
    [400 * 86_400, 400 * 86_400],
    ['3600000s', 3_600_000],
    [Infinity, Infinity],
    ['0s', 0],
    ['90s', 90],
    ['30m', 1800],
    ['1h', 3600],
    ['31d', 2_678_400],
    ['2w', 1_209_600],
    ['007s', 7],
    ['999999999999s', 999_999_999_999],
  ])('%j is %d seconds', (value, seconds) => {
    expect(readDuration('x', value)).toBe(seconds)
  })

  it.each([
    -1,
    1.5,
    Number.NaN,
    -Infinity,
    2 ** 53,
    '',
    '1',
    'h',
    '1.5h',
    '-1h',
    '+1h',
    '1 h',
    ' 1h',
    '1h ',
    '1h\n',
    '1H',
    '1y',
    '1ms',
    '1h30m',
    '1e3s',
    '0x1s',
    '１h',
    '1000000000000s',
    '999999999999w',
    'Infinity',
    null,
    undefined,
    true,
    1n,
    [],
    {},
    new Date(0),
  ])('%s is invalid', (value) => {
    const error = thrownBy(() => readDuration('lifetime.idle', value))
    expect(error).toBeInstanceOf(ConfigError)
    expect(error).toMatchObject({ option: 'lifetime.idle' })
    expect(String(error)).toContain(`expected whole seconds as a number, or text such as '30m'`)
  })

  it('from any text is whole seconds or throws', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'0123456789smhdw.- '.split('')) })),
        (text) => {
          const error = thrownBy(() => expect(Number.isSafeInteger(readDuration('x', text))).toBe(true))
          expect(error === undefined || error instanceof ConfigError).toBe(true)
        },
      ),
    )
  })

  it.each([
    [60_000, "'1m'", "'60000s'"],
    [300_000, "'5m'", "'300000s'"],
    [1_800_000, "'30m'", "'1800000s'"],
    [3_600_000, "'1h'", "'3600000s'"],
    [5_400_000, "'90m'", "'5400000s'"],
    [86_400_000, "'24h'", "'86400000s'"],
    [2_592_000_000, "'720h'", "'2592000000s'"],
  ])('of the number %d is rejected because it looks like milliseconds', (value, meant, right) => {
    const error = thrownBy(() => readDuration('lifetime.idle', value))
    expect(error).toBeInstanceOf(ConfigError)
    expect((error as Error).message).toBe(
      `lifetime.idle: a number means seconds, and this one looks like milliseconds; write ${meant}, or ${right} if you mean seconds`,
    )
  })
})
