import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { ConfigError } from '../src/base/errors.ts'
import { createSealer, type SealerOptions } from '../src/sealer.ts'
import { MAX_TOKEN_CHARS } from '../src/crypto/token.ts'
import { createBrowser, present, SECRET, secretOf, sessionsOf, START, thrownBy } from './support.ts'

const FIELDS = {
  created: START,
  issued: START,
  expires: START + 3600,
  permanent: false,
  sid: Buffer.alloc(16, 1),
  text: '{}',
}

describe('a sealer for other services', () => {
  it('opens what a session sealed, and seals what a session opens', async () => {
    const sealer = createSealer({ secrets: [SECRET], name: '__Host-session' })
    const browser = createBrowser(sessionsOf())
    await browser.visit((session) => {
      session['user'] = 'alice'
    })
    const opened = sealer.open(present(browser.token))
    expect(opened).toMatchObject({
      ok: true,
      stale: false,
      fields: { text: '{"user":"alice"}', created: START },
    })
    browser.cookie = `__Host-session=${sealer.seal({ ...FIELDS, text: '{"user":"bob"}' })}`
    expect(await browser.ask((session) => session['user'])).toBe('bob')
  })

  it('seals cookies unless told otherwise, without an audience', () => {
    const token = createSealer({ secrets: [SECRET], name: 'a' }).seal(FIELDS)
    expect(
      createSealer({ secrets: [SECRET], name: 'a', purpose: 'cookie', audience: '' }).open(token).ok,
    ).toBe(true)
  })

  it.each<[string, Partial<SealerOptions>]>([
    ['purpose', { purpose: 'store' }],
    ['name', { name: 'b' }],
    ['audience', { audience: 'b' }],
    ['secret', { secrets: [secretOf('b')] }],
  ])('opens no token of another %s (R49)', (_, other) => {
    const token = createSealer({ secrets: [SECRET], name: 'a' }).seal(FIELDS)
    const opened = createSealer({ secrets: [SECRET], name: 'a', ...other }).open(token)
    expect(opened).toEqual({ ok: false, reason: 'unknown_key' })
  })

  it('accepts cookies of 4,096 characters, and records of 64 KiB', () => {
    expect(MAX_TOKEN_CHARS).toEqual({ cookie: 4096, store: 131_072 })
    const text = JSON.stringify({ text: 'x'.repeat(65_536) })
    const store = createSealer({ secrets: [SECRET], name: 'a', purpose: 'store' })
    expect(store.open(store.seal({ ...FIELDS, text }, 'row'), 'row')).toMatchObject({
      ok: true,
      fields: { text },
    })
    const cookie = createSealer({ secrets: [SECRET], name: 'a' })
    expect(cookie.open(cookie.seal({ ...FIELDS, text: 'x'.repeat(2991) })).ok).toBe(true)
    expect(cookie.open(cookie.seal({ ...FIELDS, text: 'x'.repeat(2992) }))).toEqual({
      ok: false,
      reason: 'malformed',
    })
  })

  it.each(
    (
      [
        [undefined, /^name: expected text .*, got undefined/],
        [{ secrets: [SECRET] }, /^name: expected text .*, got undefined/],
        [{ secrets: [SECRET], name: 1 }, /^name: expected text .*, got a number/],
        [{ name: 'a' }, /^secrets: expected secrets, newest first, as a list or as text/],
        [{ name: 'a', secrets: [] }, /^secrets: at least one secret is needed/],
        [{ name: 'a', secrets: ['short'] }, /^secrets\[0\]: every secret must be at least 32 bytes long/],
        [{ name: 'a', secret: SECRET }, /^secret: unknown option; write secrets: \[secret\], newest first/],
        [
          { name: 'a', secrets: [SECRET], purpose: 'csrf' },
          /^purpose: expected 'cookie' or 'store', got a text/,
        ],
        [{ name: 'a', secrets: [SECRET], audience: 1 }, /^audience: expected text .*, got a number/],
        [{ name: 'a'.repeat(65_536), secrets: [SECRET] }, /^name: expected text .*, got a text/],
      ] satisfies [unknown, RegExp][]
    ).map(([options, message]) => [message, options] as const),
  )('rejects wrong options with the message %s', (message, options) => {
    const error = thrownBy(() => createSealer(options as SealerOptions))
    expect(error).toBeInstanceOf(ConfigError)
    expect(error).toMatchObject({ message: expect.stringMatching(message) as unknown })
  })

  it('does not show its secrets (R62)', () => {
    const sealer = createSealer({ secrets: [SECRET], name: 'a' })
    expect(inspect(sealer, { showHidden: true, depth: 9 }) + JSON.stringify(sealer)).not.toContain(SECRET)
    expect(Object.isFrozen(sealer)).toBe(true)
  })
})
