import * as fc from 'fast-check'
import { CookieJar } from 'tough-cookie'
import { describe, expect, it } from 'vitest'
import { CHROME, isSameSite, refusalsOf, SAFARI } from '../../src/doctor/browser.ts'
import { cookiesFor, take } from '../../src/doctor/jar.ts'
import { readSetCookie } from '../../src/doctor/set-cookie.ts'

const HOSTS = [
  'example.com',
  'www.example.com',
  'a.www.example.com',
  'other.example',
  '192.0.2.7',
  'localhost',
]
const PATHS = ['/', '/shop', '/shop/', '/shop/cart', '/shopping', '/Shop']

const url = fc
  .tuple(fc.constantFrom('http:', 'https:'), fc.constantFrom(...HOSTS), fc.constantFrom(...PATHS))
  .map(([scheme, host, path]) => new URL(`${scheme}//${host}${path}`))
const attribute = fc.oneof(
  fc.constantFrom('Secure', 'HttpOnly', 'Path', 'Path=', 'Domain', 'Max-Age=60', 'Max-Age=0', 'Max-Age=x'),
  fc.constantFrom(...PATHS).map((path) => `Path=${path}`),
  fc
    .constantFrom(...HOSTS, '.example.com', 'EXAMPLE.com', 'com', 'le.com')
    .map((domain) => `Domain=${domain}`),
  fc.constantFrom(
    'Expires=Wed, 21 Oct 2099 07:28:00 GMT',
    'Expires=Wed, 21 Oct 2020 07:28:00 GMT',
    'Expires=soon',
  ),
)
const line = fc
  .tuple(
    fc.constantFrom('a', '__Host-a', '__Secure-a'),
    fc.constantFrom('1', '2'),
    fc.uniqueArray(attribute, { maxLength: 4, selector: (text) => text.split('=')[0] }),
  )
  .map(([name, value, attributes]) => [`${name}0=${value}`, ...attributes].join('; '))

/** Plain http on localhost has its own rule in our jar, so tough-cookie gets https instead. */
const secured = ({ href, hostname }: URL): string =>
  hostname === 'localhost' ? href.replace(/^http:/, 'https:') : href

describe('the cookie jar of the doctor', () => {
  it('keeps and sends the same cookies as tough-cookie', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(line, url), { minLength: 1, maxLength: 6 }), url, (given, asked) => {
        const theirs = new CookieJar(undefined, { prefixSecurity: 'silent' })
        let ours = take([], [], asked, { browser: CHROME, now: Date.now() })
        for (const [at, [anyText, from]] of given.entries()) {
          // Each cookie has its own name: tough-cookie does not distinguish a host-only cookie from a domain cookie of the same name.
          const text = anyText.replace('0=', `${at}=`)
          theirs.setCookieSync(text, secured(from), { ignoreError: true })
          ours = take(ours, [readSetCookie(text)], from, { browser: CHROME, now: Date.now() })
        }
        const sent = cookiesFor(ours, asked, CHROME).map(({ name, value }) => `${name}=${value}`)
        expect(sent.toSorted()).toEqual(
          theirs.getCookieStringSync(secured(asked)).split('; ').filter(Boolean).toSorted(),
        )
      }),
      { numRuns: 2000 },
    )
  })

  it('holds one cookie per name, path and domain, and removes deleted cookies', () => {
    const page = new URL('https://example.com/')
    const valuesAfter = (...lines: readonly string[]) =>
      take([], lines.map(readSetCookie), page, { browser: CHROME, now: 0 }).map(({ cookie }) => cookie.value)
    expect(valuesAfter('a=1', 'a=2; Path=/', 'b=3')).toEqual(['2', '3'])
    expect(valuesAfter('a=1', 'a=2; Domain=example.com')).toEqual(['1', '2'])
    expect(valuesAfter('a=1', 'a=2; Path=/shop', 'a=; Max-Age=0')).toEqual(['2'])
    expect(valuesAfter('a=1; Max-Age=9', 'a=; Expires=Thu, 01 Jan 1970 00:00:00 GMT')).toEqual([])
  })

  it('sends the cookie with the longer path first, and then the older one', () => {
    const page = new URL('https://example.com/shop/cart')
    const lines = ['a=1; Path=/', 'a=2; Path=/shop', 'b=3; Path=/']
    const jar = take([], lines.map(readSetCookie), page, { browser: CHROME, now: 0 })
    expect(cookiesFor(jar, page, CHROME).map(({ value }) => value)).toEqual(['2', '1', '3'])
  })
})

/* Cases where tough-cookie is more lenient than browsers: packages/security-tests tries them in Chromium. */
it.each([
  ['a=1; SameSite=None', ['none_without_secure']],
  ['a=1; Partitioned', ['partitioned_without_secure']],
  ['__host-a=1; Path=/', ['prefix']],
  ['__Http-a=1; Path=/; Secure', ['prefix']],
  ['__Host-Http-a=1; Path=/; Secure; HttpOnly', []],
  [`a=${'x'.repeat(4096)}`, ['too_large']],
  [`a=${'x'.repeat(4095)}`, []],
  ['=', ['no_name']],
  ['a=1\u0007', ['control_character']],
  [`a=1; Path=/${'x'.repeat(1024)}; Secure`, []],
])('the cookie %.40s, set over https, is refused for %j', (text, refusals) => {
  expect(refusalsOf(readSetCookie(text), new URL('https://example.com/'), CHROME)).toEqual(refusals)
})

it.each([
  ['http://localhost:3000/', [], ['insecure_origin']],
  ['http://shop.localhost/', [], ['insecure_origin']],
  ['http://127.0.0.1:3000/', [], ['insecure_origin']],
  ['http://[::1]:3000/', [], ['insecure_origin']],
  ['http://192.168.1.20/', ['insecure_origin'], ['insecure_origin']],
  ['http://localhost.example.com/', ['insecure_origin'], ['insecure_origin']],
  ['https://localhost/', [], []],
])(
  'a Secure cookie set by %s is refused in Chrome for %j and in Safari for %j',
  (address, chrome, safari) => {
    const cookie = readSetCookie('a=1; Secure')
    expect(refusalsOf(cookie, new URL(address), CHROME)).toEqual(chrome)
    expect(refusalsOf(cookie, new URL(address), SAFARI)).toEqual(safari)
  },
)

it.each([
  ['https://a.example.com', 'https://b.example.com', true],
  ['https://a.example.com', 'http://a.example.com', false],
  ['https://one.github.io', 'https://two.github.io', false],
  ['http://localhost:3000', 'http://localhost:4000', true],
  ['http://127.0.0.1', 'http://127.0.0.2', false],
])('whether %s and %s are the same site: %j', (a, b, same) => {
  expect(isSameSite(new URL(a), new URL(b))).toBe(same)
})
