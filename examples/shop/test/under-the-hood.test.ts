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

describe('the panel', () => {
  test('shows a cookie in part, its anatomy, the data and what closing would do', () => {
    const panel = show({})
    expect(panel).toContain('__Host-session=ASV0sy3e…D2p_cmUQ')
    expect(panel).toContain('2574b32ddec703c7')
    expect(panel).toContain('{ &quot;visits&quot;: 3 }')
    expect(panel).toContain('no Set-Cookie')
    expect(panel).toContain('until the browser closes')
  })

  test('says whether the login is bound to its device, where logins are', () => {
    expect(show({ bound: true })).toContain('bound to this one')
    expect(show({ bound: 'pending' })).toContain('may register a key')
    for (const bound of [false, undefined]) expect(show({ bound })).not.toContain('<dt>device</dt>')
    expect(show({ opened: 'unbound' })).toContain('only counts on the device')
  })

  test('never shows a whole token or cookie', () => {
    const setCookie = `__Host-session=${TOKEN}; Path=/; HttpOnly`
    expect(show({ decision: { reason: 'changed', setCookie } })).not.toContain(TOKEN)
    expect(show({ mode: 'store', cookieValue: STORED })).not.toContain(STORED)
  })

  test('shows the two parts of a stored session’s cookie, and the record that they lead to', () => {
    const panel = show({ mode: 'store', cookieValue: STORED })
    expect(panel).toContain('Random bytes')
    expect(panel).toContain('bb8263f6…')
    expect(panel).toMatch(/The data lies in the store[^]*the store has a hash of either part/)
    expect(panel).not.toContain('sealed</')
  })

  test.each([
    ['ended', 'lead nowhere'],
    ['superseded', 'do not open it any more'],
  ] as const)('shows no record to a cookie that is %s', (opened, sentence) => {
    const panel = show({ mode: 'store', cookieValue: STORED, opened })
    expect(panel).toContain(sentence)
    expect(panel).not.toContain('part-sealed')
  })

  test('tells the cookie of a stored session from a token where the other one was due', () => {
    expect(show({ cookieValue: STORED, opened: 'malformed' })).toContain('the cookie of a shop with a store')
    const panel = show({ mode: 'store', cookieValue: TOKEN, opened: 'malformed' })
    expect(panel).toContain('a token that a shop without a store hands out')
    expect(show({ mode: 'store', cookieValue: 'x' })).toContain('has 64 characters')
  })

  test('says so when no cookie came, in either mode', () => {
    expect(show({ cookieValue: undefined })).toContain('it travels in here, sealed')
    expect(show({ cookieValue: undefined, mode: 'store' })).toContain('the store keeps the data')
  })

  test('says what the browser says of who made the request, and what the guard makes of it', () => {
    expect(show({ sentBy: 'cross-site' })).toMatch(
      /cross-site<[^]*Another site led here\. A form that another/,
    )
    expect(show({ sentBy: 'constructor' })).toContain('no word that browsers say')
    expect(show({ sentBy: HOSTILE.repeat(9) })).not.toMatch(/<script/i)
    expect(show({})).not.toContain('Sec-Fetch-Site')
  })

  test('says who is logged in, when somebody is', () => {
    expect(show({ subject: 'ada' })).toContain('<dd>ada</dd>')
    expect(show({})).not.toContain('logged in')
  })

  test('shows the line that the response will carry', () => {
    const setCookie = '__Host-session=…; Path=/; Secure'
    expect(show({ decision: { reason: 'changed', setCookie } })).toContain(setCookie)
  })

  test('draws the bar to its full width, with the version visible in the longest token', () => {
    const long = Buffer.concat([Buffer.from([1]), Buffer.alloc(3000)]).toString('base64url')
    const bars = show({ cookieValue: long }).matchAll(/<rect[^>]*y="0"[^>]*? width="([\d.]+)"/g)
    const widths = [...bars].map(([, width]) => Number(width))
    expect(widths).toHaveLength(5)
    expect(Math.min(...widths)).toBeGreaterThan(7)
    expect(widths.reduce((sum, width) => sum + width, 0)).toBeCloseTo(1000, 0)
  })
})

describe('nothing breaks the panel:', () => {
  const circular: Record<string, unknown> = {}
  circular['self'] = circular

  test.each<[string, Partial<UnderTheHood>, string]>([
    ['a cookie that is no token', { cookieValue: HOSTILE }, 'Not a token'],
    ['an empty cookie', { cookieValue: '' }, 'Not a token'],
    ['half of a surrogate pair', { cookieValue: '\uD800' }, 'Not a token'],
    ['data that refers to itself', { data: circular }, 'not JSON'],
    ['a big integer', { data: { n: 1n } }, 'not JSON'],
    ['no data', { data: undefined }, 'nothing'],
    ['a date that is none', { createdAt: new Date(Number.NaN) }, '–'],
    ['very long data', { data: { text: 'x'.repeat(100_000) } }, '…'],
  ])('%s', (_, view, expected) => {
    const panel = show(view)
    expect(panel).toContain(expected)
    expect(panel.length).toBeLessThan(20_000)
  })

  test('hostile text in every field', () => {
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
