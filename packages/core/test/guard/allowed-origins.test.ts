import { describe, expect, it } from 'vitest'
import { allowedOrigins } from '../../src/guard/guard-rules.ts'
import { ConfigError } from '../../src/base/errors.ts'
import { thrownBy } from '../support.ts'

describe('a list of origins', () => {
  it.each([
    ['https://admin.example', 'https://admin.example'],
    ['https://admin.example:8443', 'https://admin.example:8443'],
    ['https://admin.example:443', 'https://admin.example'],
    ['http://admin.example:80', 'http://admin.example'],
    ['HTTPS://Admin.Example', 'https://admin.example'],
    ['https://bücher.example', 'https://xn--bcher-kva.example'],
    ['http://localhost:3000', 'http://localhost:3000'],
    ['http://[::1]:3000', 'http://[::1]:3000'],
    ['capacitor://localhost', 'capacitor://localhost'],
    ['chrome-extension://abcdefghijklmnop', 'chrome-extension://abcdefghijklmnop'],
  ])('has %s as browsers write it: %s', (given, written) => {
    expect(allowedOrigins([given])).toEqual(new Set([written]))
  })

  it('may be empty', () => {
    expect(allowedOrigins([]).size).toBe(0)
  })

  it.each<[given: unknown, option: string, hint: string]>([
    ['https://a.example', 'origins', 'a list of origins'],
    [undefined, 'origins', 'a list of origins'],
    [{}, 'origins', 'a list of origins'],
    [[undefined], 'origins[0]', "'https://host'"],
    [['https://a.example', 1], 'origins[1]', 'got a number'],
    [['https://a.example/'], 'origins[0]', 'without a path, not even a slash'],
    [['https://a.example/app'], 'origins[0]', 'without a path'],
    [['https://*.a.example'], 'origins[0]', 'without a wildcard'],
    [['*'], 'origins[0]', 'without a wildcard'],
    [['null'], 'origins[0]', 'sandboxed'],
    [['a.example'], 'origins[0]', "'https://host'"],
    [['//a.example'], 'origins[0]', "'https://host'"],
    [[''], 'origins[0]', "'https://host'"],
    [['https://'], 'origins[0]', "'https://host'"],
    [['https://user@a.example'], 'origins[0]', "'https://host'"],
    [['https://a.example?x'], 'origins[0]', "'https://host'"],
    [['https://a.example#x'], 'origins[0]', "'https://host'"],
    [['https://a.example:99999'], 'origins[0]', 'no valid host'],
    [['https://a.example, https://b.example'], 'origins[0]', "'https://host'"],
    [['https://a.example\n'], 'origins[0]', "'https://host'"],
    [['file://'], 'origins[0]', "'https://host'"],
  ])('is rejected at start-up if it is %j', (given, option, hint) => {
    const error = thrownBy(() => allowedOrigins(given as string[]))
    expect(error).toBeInstanceOf(ConfigError)
    expect(error).toMatchObject({ option, message: expect.stringContaining(hint) as unknown })
  })
})
