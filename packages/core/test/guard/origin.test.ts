import { describe, expect, it } from 'vitest'
import { allowedOrigins } from '../../src/guard/guard-rules.ts'
import { checkOrigin, type HeaderFields, type OriginRequest } from '../../src/guard/origin.ts'

const HOST = 'shop.example'
const ALLOWED = allowedOrigins(['https://admin.example:8443', 'capacitor://localhost'])

const requestWith = (headers: HeaderFields, change: Partial<OriginRequest> = {}): OriginRequest => ({
  method: 'POST',
  headers: { host: HOST, ...headers },
  hasCookie: true,
  isEncrypted: false,
  ...change,
})
const judged = (headers: HeaderFields, change?: Partial<OriginRequest>): string =>
  checkOrigin(requestWith(headers, change), ALLOWED)

const SITES = [
  'same-origin',
  'none',
  'same-site',
  'cross-site',
  'Same-Origin',
  'same-origin, cross-site',
  undefined,
]
const ORIGINS = ['own', 'allowed', 'foreign', 'null', undefined] as const
const ORIGIN_TEXTS: Readonly<Record<string, string>> = {
  own: `https://${HOST}`,
  allowed: 'https://admin.example:8443',
  foreign: 'https://evil.example',
  null: 'null',
}

/** The results of each `Sec-Fetch-Site` for each `Origin`, in the order of ORIGINS. */
const MATRIX: Readonly<Record<string, readonly string[]>> = {
  'same-origin': ['allowed', 'allowed', 'allowed', 'allowed', 'allowed'],
  none: ['allowed', 'allowed', 'allowed', 'allowed', 'allowed'],
  'same-site': ['same_site', 'allowed', 'same_site', 'same_site', 'same_site'],
  'cross-site': ['cross_site', 'allowed', 'cross_site', 'cross_site', 'cross_site'],
  'Same-Origin': ['cross_site', 'allowed', 'cross_site', 'cross_site', 'cross_site'],
  'same-origin, cross-site': ['cross_site', 'allowed', 'cross_site', 'cross_site', 'cross_site'],
  undefined: ['allowed', 'allowed', 'foreign_origin', 'opaque_origin', 'no_origin'],
}
const UNSAFE = [
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'CONNECT',
  'TRACE',
  'QUERY',
  'post',
  'get',
  'Get',
  '',
  undefined,
]

const cells = SITES.flatMap((site) =>
  ORIGINS.map((origin, index) => ({ site, origin, expected: MATRIX[String(site)]?.[index] })),
)

describe('checkOrigin, method by header', () => {
  it.each(cells)('Sec-Fetch-Site $site, Origin $origin: $expected', ({ site, origin, expected }) => {
    const headers = { 'sec-fetch-site': site, origin: origin && ORIGIN_TEXTS[origin] }
    for (const method of UNSAFE) expect([method, judged(headers, { method })]).toEqual([method, expected])
    for (const method of ['GET', 'HEAD', 'OPTIONS']) expect(judged(headers, { method })).toBe('allowed')
  })

  it('passes a request without a browser’s headers if it has no session', () => {
    expect(judged({}, { hasCookie: false })).toBe('allowed')
    expect(judged({ 'sec-fetch-site': '', origin: '' }, { hasCookie: false })).toBe('allowed')
    expect(judged({ 'sec-fetch-site': '', origin: '' })).toBe('no_origin')
  })

  it('checks the origin of a request without a session if it names one', () => {
    expect(judged({ origin: 'https://evil.example' }, { hasCookie: false })).toBe('foreign_origin')
    expect(judged({ 'sec-fetch-site': 'cross-site' }, { hasCookie: false })).toBe('cross_site')
  })

  it.each([
    ['a handshake from another site', { origin: 'https://evil.example' }, 'foreign_origin'],
    ['one that the browser marks as cross-site', { 'sec-fetch-site': 'cross-site' }, 'cross_site'],
    ['our own', { origin: `https://${HOST}` }, 'allowed'],
  ])('checks a WebSocket handshake: %s', (_, headers, expected) => {
    for (const upgrade of ['websocket', 'WebSocket', 'h2c, websocket']) {
      expect(judged({ ...headers, upgrade }, { method: 'GET' })).toBe(expected)
    }
    expect(judged({ ...headers, upgrade: 'h2c' }, { method: 'GET' })).toBe('allowed')
  })
})

describe('our own origin', () => {
  it.each([
    ['https://shop.example', 'shop.example'],
    ['https://shop.example', 'SHOP.example'],
    ['https://shop.example', 'shop.example:443'],
    ['http://shop.example', 'shop.example:80'],
    ['http://shop.example:3000', 'shop.example:3000'],
    ['http://[::1]:3000', '[::1]:3000'],
    ['http://[::1]', '[::1]:80'],
    ['https://xn--bcher-kva.example', 'xn--bcher-kva.example'],
    ['https://shop.example.', 'shop.example.'],
  ])('is %s for the host %s', (origin, host) => {
    expect(judged({ origin, host })).toBe('allowed')
    expect(judged({ origin, host: undefined, ':authority': host })).toBe('allowed')
  })

  it.each([
    ['another port', 'https://shop.example:8443', 'shop.example'],
    ['the port of the other scheme', 'http://shop.example', 'shop.example:443'],
    ['a longer host', 'https://shop.example.evil.example', 'shop.example'],
    ['a host that ends like ours', 'https://evilshop.example', 'shop.example'],
    ['a host that begins like ours', 'https://shop.example', 'shop.example.evil.example'],
    ['ours as a user name', 'https://shop.example@evil.example', 'shop.example'],
    ['ours in a path', 'https://evil.example/shop.example', 'shop.example'],
    ['another scheme', 'ftp://shop.example', 'shop.example'],
    ['no scheme', 'shop.example', 'shop.example'],
    ['two origins', 'https://shop.example, https://evil.example', 'shop.example'],
    ['blanks', ' https://shop.example', 'shop.example'],
    ['a path', 'https://shop.example/', 'shop.example'],
    ['no host that was asked for', 'https://shop.example', ''],
    ['nothing at all', 'https://', ''],
  ])('is not one with %s', (_, origin, host) => {
    expect(judged({ origin, host })).toBe('foreign_origin')
  })

  it('is https if the connection is known to be encrypted', () => {
    expect(judged({ origin: `http://${HOST}` })).toBe('allowed')
    expect(judged({ origin: `http://${HOST}` }, { isEncrypted: true })).toBe('foreign_origin')
    expect(judged({ origin: `https://${HOST}` }, { isEncrypted: true })).toBe('allowed')
  })

  it('is that of the pseudo-header if the request has both', () => {
    const both = { ':authority': HOST, host: 'evil.example' }
    expect(judged({ ...both, origin: 'https://evil.example' })).toBe('foreign_origin')
    expect(judged({ ...both, origin: `https://${HOST}` })).toBe('allowed')
  })

  it('is not taken from a proxy’s headers', () => {
    const headers = {
      origin: 'https://evil.example',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      forwarded: 'host=evil.example;proto=https',
      referer: `https://${HOST}/`,
      'x-requested-with': 'XMLHttpRequest',
    }
    expect(judged(headers)).toBe('foreign_origin')
  })

  it('is rejected if its header was sent twice', () => {
    expect(judged({ origin: [`https://${HOST}`, 'https://evil.example'] })).toBe('foreign_origin')
    expect(judged({ 'sec-fetch-site': ['same-origin', 'cross-site'] })).toBe('cross_site')
  })
})

describe('an allowed origin', () => {
  it('has to match exactly', () => {
    expect(judged({ origin: 'capacitor://localhost', 'sec-fetch-site': 'cross-site' })).toBe('allowed')
    for (const origin of [
      'https://admin.example',
      'http://admin.example:8443',
      'https://x.admin.example:8443',
    ]) {
      expect(judged({ origin })).toBe('foreign_origin')
    }
  })

  it('has to be listed', () => {
    const request = requestWith({ origin: 'https://admin.example:8443', 'sec-fetch-site': 'same-site' })
    expect(checkOrigin(request)).toBe('same_site')
  })
})
