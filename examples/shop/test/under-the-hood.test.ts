import { describe, expect, test } from 'vitest'
import { underTheHood, type UnderTheHood } from '../src/pages/under-the-hood.ts'
import { HOSTILE, STORED, TOKEN } from './samples.ts'

const base: UnderTheHood = {
  mode: 'cookie',
  cookieName: '__Host-session',
  cookieValue: TOKEN,
  data: { visits: 3 },
  createdAt: new Date(1_800_000_000_000),
  expiresAt: new Date(1_800_086_400_000),
  permanent: false,
  opened: 'opened',
  decision: { reason: 'unchanged' },
}
const show = (view: Partial<UnderTheHood>): string => underTheHood({ ...base, ...view }).toString()

describe('the panel under the hood', () => {
  test('shows a part of the cookie, its anatomy, the data and what closing would do', () => {
    const panel = show({})
    expect(panel).toContain('__Host-session=ASV0sy3e…D2p_cmUQ')
    expect(panel).toContain('2574b32ddec703c7')
    expect(panel).toContain('{ &quot;visits&quot;: 3 }')
    expect(panel).toContain('no Set-Cookie')
    expect(panel).toContain('until the browser closes')
  })

  test('says whether the session is bound to its device, if the app binds sessions', () => {
    expect(show({ bound: true })).toContain('bound to this device')
    expect(show({ bound: 'pending' })).toContain('may register a key')
    for (const bound of [false, undefined]) expect(show({ bound })).not.toContain('<dt>device</dt>')
    expect(show({ opened: 'unbound' })).toContain('only valid on the device')
  })

  test('never shows a whole token or cookie', () => {
    const setCookie = `__Host-session=${TOKEN}; Path=/; HttpOnly`
    expect(show({ decision: { reason: 'changed', setCookie } })).not.toContain(TOKEN)
    expect(show({ mode: 'store', cookieValue: STORED })).not.toContain(STORED)
  })

  test('shows the two parts of a stored session’s cookie, and the record that they open', () => {
    const panel = show({ mode: 'store', cookieValue: STORED })
    expect(panel).toContain('Random bytes')
    expect(panel).toContain('bb8263f6…')
    expect(panel).toMatch(/The data is in the store[^]*the store has only hashes of both parts/)
    expect(panel).not.toContain('sealed</')
  })

  test.each([
    ['ended', 'has no data for them'],
    ['superseded', 'no longer open it'],
  ] as const)('shows no record for a cookie that is %s', (opened, sentence) => {
    const panel = show({ mode: 'store', cookieValue: STORED, opened })
    expect(panel).toContain(sentence)
    expect(panel).not.toContain('part-sealed')
  })

  test('distinguishes a token from the cookie of a stored session if the mode expects the other', () => {
    expect(show({ cookieValue: STORED, opened: 'malformed' })).toContain('the cookie of a shop with a store')
    const panel = show({ mode: 'store', cookieValue: TOKEN, opened: 'malformed' })
    expect(panel).toContain('the token of a shop without a store')
    expect(show({ mode: 'store', cookieValue: 'x' })).toContain('has 64 characters')
  })

  test.each([
    ['every_copy', 'every copy of its cookie'],
    ['browser_cookie', 'a copy of it stays valid until it expires'],
  ] as const)('says which cookies a logout ends: %s', (logoutEnds, sentence) => {
    expect(show({ logoutEnds })).toContain(sentence)
  })

  test('says that there was no cookie, in both modes', () => {
    expect(show({ cookieValue: undefined })).toContain('it is sealed into this cookie')
    expect(show({ cookieValue: undefined, mode: 'store' })).toContain('the store keeps the data')
  })

  test('explains where the browser says the request comes from, and what the guard does', () => {
    expect(show({ sentBy: 'cross-site' })).toMatch(
      /cross-site<[^]*Another site sent the request\. The guard refuses/,
    )
    expect(show({ sentBy: 'constructor' })).toContain('Browsers do not send this value')
    expect(show({ sentBy: HOSTILE.repeat(9) })).not.toMatch(/<script/i)
    expect(show({})).not.toContain('Sec-Fetch-Site')
  })

  test('shows the logged-in user', () => {
    expect(show({ subject: 'ada' })).toContain('<dd>ada</dd>')
    expect(show({})).not.toContain('logged in')
  })

  test('shows the Set-Cookie line that the response will have', () => {
    const setCookie = '__Host-session=…; Path=/; Secure'
    expect(show({ decision: { reason: 'changed', setCookie } })).toContain(setCookie)
  })

  test('draws the bar at full width, with the version visible even in the longest token', () => {
    const long = Buffer.concat([Buffer.from([1]), Buffer.alloc(3000)]).toString('base64url')
    const bars = show({ cookieValue: long }).matchAll(/<rect[^>]*y="0"[^>]*? width="([\d.]+)"/g)
    const widths = [...bars].map(([, width]) => Number(width))
    expect(widths).toHaveLength(5)
    expect(Math.min(...widths)).toBeGreaterThan(7)
    expect(widths.reduce((sum, width) => sum + width, 0)).toBeCloseTo(1000, 0)
  })
})

describe('the panel can show', () => {
  const circular: Record<string, unknown> = {}
  circular['self'] = circular

  test.each<[string, Partial<UnderTheHood>, string]>([
    ['a cookie that is not a token', { cookieValue: HOSTILE }, 'Not a token'],
    ['an empty cookie', { cookieValue: '' }, 'Not a token'],
    ['half of a surrogate pair', { cookieValue: '\uD800' }, 'Not a token'],
    ['data that refers to itself', { data: circular }, 'not JSON'],
    ['a big integer', { data: { n: 1n } }, 'not JSON'],
    ['no data', { data: undefined }, 'nothing'],
    ['an invalid date', { createdAt: new Date(Number.NaN) }, '–'],
    ['very long data', { data: { text: 'x'.repeat(100_000) } }, '…'],
  ])('%s', (_, view, expected) => {
    const panel = show(view)
    expect(panel).toContain(expected)
    expect(panel.length).toBeLessThan(20_000)
  })

  test('hostile text in every field, escaped', () => {
    const panel = show({
      cookieName: HOSTILE,
      cookieValue: HOSTILE.repeat(5),
      data: { [HOSTILE]: HOSTILE },
      subject: HOSTILE,
      decision: { reason: 'changed', setCookie: `${HOSTILE}=1; ${HOSTILE}` },
    })
    expect(panel).not.toMatch(/<script/i)
    expect(panel).not.toContain('">&lt;script')
  })
})
