import { describe, expect, it } from 'vitest'
import { createCookie } from '../../src/cookie/cookie.ts'
import { CookieValueError } from '../../src/base/errors.ts'
import { SECRET, thrownBy } from '../support.ts'

const headerOf = (line: string): string => line.slice(0, line.indexOf(';'))
const json = createCookie<unknown>('cart', { json: true })
// oxlint-disable-next-line unicorn/no-thenable -- the value to be rejected
const THENABLE: object = { then: () => undefined }
const PROTECTIONS = { signed: { signed: [SECRET] }, sealed: { sealed: [SECRET] } } as const

describe('half a surrogate pair', () => {
  it.each(Object.keys(PROTECTIONS) as (keyof typeof PROTECTIONS)[])(
    'is rejected by a %s cookie of text, because it would be read back as another text',
    (protection) => {
      const cookie = createCookie('name', PROTECTIONS[protection])
      for (const text of ['\uD800', 'a\uDFFFb', '\uDE00\uD83D']) {
        const error = thrownBy(() => cookie.write(text))
        expect(error).toBeInstanceOf(CookieValueError)
        expect(String(error)).toContain('the cookie name: half a surrogate pair cannot be written as UTF-8')
      }
      expect(cookie.read(headerOf(cookie.write('\u{1F36A}')))).toBe('\u{1F36A}')
    },
  )

  it.each([{}, ...Object.values(PROTECTIONS)])('can be stored in a JSON cookie: %o', (protection) => {
    const cookie = createCookie<unknown>('name', { ...protection, json: true })
    const value = ['\uD800', { '\uDFFF': 'a\uDC00b' }]
    expect(cookie.read(headerOf(cookie.write(value)))).toEqual(value)
  })
})

describe('a cookie of JSON', () => {
  const circle: Record<string, unknown> = { hush: 'a secret' }
  circle['self'] = circle
  it.each([
    ['a bigint', { n: 12n }],
    ['a circle', circle],
    ['a toJSON that throws', { toJSON: () => expect.unreachable() }],
    ['a deep nest', deep(200_000)],
  ])('throws a specific message for %s', (_, value) => {
    const error = thrownBy(() => json.write(value))
    expect(error).toBeInstanceOf(CookieValueError)
    expect(String(error)).toBe(
      'CookieValueError: the cookie cart: the value cannot be written as JSON, which has no circular references and no bigints',
    )
  })

  it.each([
    ['itself', Promise.resolve('a secret')],
    ['somewhere in it', { user: [{ name: Promise.resolve('a secret') }] }],
    ['as a thenable', { name: THENABLE }],
  ])('throws for a promise, which would be written as {}: %s', (_, value) => {
    const error = thrownBy(() => json.write(value))
    expect(error).toBeInstanceOf(CookieValueError)
    expect(String(error)).toContain('the cookie cart: contains a promise; await it first')
  })
})

it('a text cookie throws for a promise', () => {
  const error = thrownBy(() => createCookie('a').write(Promise.resolve('a secret') as never))
  expect(String(error)).toBe('CookieValueError: the cookie a: expected text, got a promise')
})

describe('an asynchronous schema', () => {
  const standard = { version: 1, vendor: 'test' } as const
  const late = (answer: () => Promise<never>) =>
    createCookie<string>('theme', { schema: { '~standard': { ...standard, validate: answer } } })

  it.each([
    ['with a value', async () => ({ value: 'dark' }) as never],
    ['with an error', () => Promise.reject(new Error('the database is away'))],
    ['as a promise of another library', () => THENABLE as never],
  ])('throws at every read and write, and its result never ends the process: %s', async (_, answer) => {
    const rejections: unknown[] = []
    const listen = (error: unknown): void => void rejections.push(error)
    process.on('unhandledRejection', listen)
    for (const use of [
      () => late(answer).read('theme=%22dark%22'),
      () => late(answer).readAll('theme=%22dark%22'),
      () => late(answer).write('dark'),
    ]) {
      const error = thrownBy(use)
      expect(error).toBeInstanceOf(TypeError)
      expect(String(error)).toContain('cookie.schema: must validate synchronously')
    }
    await new Promise(setImmediate)
    process.off('unhandledRejection', listen)
    expect(rejections).toEqual([])
  })

  it('that throws makes the value unreadable, like one that rejects it', () => {
    const cookie = late(() => {
      throw new Error('no')
    })
    expect(cookie.read('theme=%22dark%22')).toBeUndefined()
    expect(cookie.read('theme=no JSON')).toBeUndefined()
  })

  it('throws at start-up if it cannot validate at all', () => {
    const broken: unknown = { '~standard': { ...standard } }
    expect(() => createCookie('a', { schema: broken as never })).toThrow(
      'cookie.schema: expected a Standard Schema',
    )
  })
})

/** Lists in lists, built from the inside. */
function deep(levels: number): unknown {
  let value: unknown = 0
  for (let level = 0; level < levels; level++) value = [value]
  return value
}
