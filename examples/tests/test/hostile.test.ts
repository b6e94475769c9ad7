import { getRequestListener } from '@hono/node-server'
import { createSessions, memoryStore } from '@keepsake/core'
import { createApp as expressCart } from 'example-express-cart'
import { createApp as expressLogin } from 'example-express-login'
import { createApp as fastifyCart } from 'example-fastify-cart'
import { createApp as fastifyLogin } from 'example-fastify-login'
import { createApp as honoCart } from 'example-hono-cart'
import { createApp as honoLogin } from 'example-hono-login'
import { createApp as koaCart } from 'example-koa-cart'
import { createApp as koaLogin } from 'example-koa-login'
import { createApp as nodeHttpCart } from 'example-node-http-cart'
import { createApp as nodeHttpLogin } from 'example-node-http-login'
import { createAccounts, type ShopSession } from 'example-shop'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { isAffectedApp } from './apps.ts'
import { type Listener, served } from './listeners.ts'
import { type RawAnswer, rawRequest } from './raw-request.ts'

const SECRET = 'pV3xkQ7mT1zL9wR5yB2nC8dF4gH6jK0s'
const FORM = 'Content-Type: application/x-www-form-urlencoded'
const sessions = createSessions<ShopSession>({ secrets: [SECRET], revocation: memoryStore() })
const name = sessions.cookie.name
const accounts = await createAccounts({ N: 2, r: 1, p: 1 })

const ALL: readonly (readonly [string, Listener])[] = [
  ['express-cart', expressCart({ sessions })],
  ['express-login', expressLogin({ sessions, accounts })],
  ['fastify-cart', await fastifyCart({ sessions })],
  ['fastify-login', await fastifyLogin({ sessions, accounts })],
  ['hono-cart', getRequestListener(honoCart({ sessions }).fetch)],
  ['hono-login', getRequestListener(honoLogin({ sessions, accounts }).fetch)],
  ['koa-cart', koaCart({ sessions }).callback()],
  ['koa-login', koaLogin({ sessions, accounts }).callback()],
  ['node-http-cart', nodeHttpCart({ sessions })],
  ['node-http-login', nodeHttpLogin({ sessions, accounts })],
]
const APPS = ALL.filter(([app]) => isAffectedApp(app))

async function tokenOf(qty: number): Promise<string> {
  const visit = await sessions.open(undefined)
  visit.session.cart = [{ sku: 'walden', qty }]
  const [[, line] = ['', '']] = await visit.close()
  return sessions.cookie.read(line.split(';', 1)[0]) ?? ''
}
const [token, otherToken] = await Promise.all([tokenOf(1), tokenOf(2)])

const BODIES: readonly (readonly [string, string, string])[] = [
  ['nothing', FORM, ''],
  ['only unknown fields', FORM, 'a=b'],
  ['a book that is not sold', FORM, 'sku=bible&qty=1'],
  ['the name of a property that all objects have', FORM, 'sku=constructor&__proto__=1&constructor=2'],
  ['a field twice', FORM, 'sku=walden&sku=alice&qty=1&qty=2&username=a&username=b'],
  ['nested fields', FORM, 'sku[a][b]=walden&qty[]=1&name[x]=y&username[$ne]=&password[$ne]='],
  ['broken escapes', FORM, 'sku=%E0%A4%A&name=%&username=%zz&password=%'],
  ['an enormous quantity', FORM, `sku=walden&qty=${'9'.repeat(400)}&maxAge=1e999`],
  ['a negative quantity', FORM, 'sku=walden&qty=-5&maxAge=-1'],
  ['an injected header', FORM, 'name=a&value=b%0d%0aSet-Cookie:%20evil=1&username=%0d%0a'],
  ['a thousand fields', FORM, Array.from({ length: 1000 }, (_, index) => `f${index}=`).join('&')],
  ['200 kB of data', FORM, `sku=${'x'.repeat(200_000)}`],
  ['JSON', 'Content-Type: application/json', '{"sku":'],
  ['no type', 'X-Nothing: 1', 'sku=walden'],
  ['an invalid content type', 'Content-Type: ;;;,', 'sku=walden'],
  ['a strange charset', `${FORM}; charset=utf-99`, 'sku=walden'],
  ['a false encoding', `${FORM}\r\nContent-Encoding: gzip`, 'sku=walden'],
]

const POSTS = [
  '/cart/add',
  '/cart/set',
  '/cart/empty',
  '/cookies/set',
  '/cookies/delete',
  '/login',
  '/logout',
  '/logout/everywhere',
  '/devices/revoke',
  '/devices/revoke-others',
  '/password/confirm',
  '/password',
]

const OUR_PAGE = 'Sec-Fetch-Site: same-origin'

const COOKIES: readonly (readonly [string, string])[] = [
  ['nothing', ''],
  ['separators only', ';;=;=;,;'],
  ['no token', `${name}=junk`],
  ['an empty token', `${name}=`],
  ['a token with one character changed', `${name}=${token.slice(0, -9)}A${token.slice(-8)}`],
  ['half a token', `${name}=${token.slice(0, 60)}`],
  ['a token in quotes', `${name}="${token}"`],
  ['two different valid tokens', `${name}=${token}; ${name}=${otherToken}`],
  ['five invalid tokens before a valid one', `${`${name}=bad; `.repeat(5)}${name}=${token}`],
  ['a thousand cookies', 'a=b; '.repeat(1000)],
  ['more than 16 KiB', `a=${'x'.repeat(17_000)}`],
  ['non-ASCII bytes', `${name}=\xff\xfe\x80; \xe9=\xe9`],
  ['a name that all objects have', `__proto__=1; constructor=2; ${name}=${token}`],
  ['markup', `<script>=<script>alert(1)</script>; "><img src=x>="'`],
]

const PATHS = [
  '//',
  '/%',
  '/%E0%A4%A',
  '/cart/',
  '/CART',
  '/../etc',
  '/cart?a=%',
  '*',
  '/constructor',
  '/style.css/x',
]

const isFine = ({ status }: RawAnswer): boolean => status >= 200 && status < 500

describe.each(APPS)('the example app %s', (_, listener) => {
  const url = served(listener)
  const complaints = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  afterEach(() => {
    expect(complaints).not.toHaveBeenCalled()
    complaints.mockClear()
  })

  test.each(BODIES)('answers a form with %s, without a 5xx', async (_, type, body) => {
    for (const path of POSTS) {
      // A new session for each request, because a logout ends every copy of it.
      const lines = [`POST ${path} HTTP/1.1`, `Cookie: ${name}=${await tokenOf(1)}`, OUR_PAGE, type]
      const answer = await rawRequest(url(), lines, body)
      // Otherwise the form would not have been parsed.
      expect(answer.status, path).not.toBe(403)
      expect(answer, path).toSatisfy(isFine)
      expect(answer.text.split('\r\n\r\n', 1)[0]).not.toMatch(/^set-cookie: evil/im)
    }
  })

  test.each([
    ['another site', 'Sec-Fetch-Site: cross-site'],
    ['another origin of this site', 'Sec-Fetch-Site: same-site'],
    ['an old browser on another site', 'Origin: http://evil.example'],
    ['a client without Origin and Sec-Fetch-Site', 'X-Nothing: 1'],
  ])('refuses a form from %s', async (_, from) => {
    for (const path of POSTS) {
      const lines = [`POST ${path} HTTP/1.1`, `Cookie: ${name}=${token}`, from, FORM]
      const answer = await rawRequest(url(), lines, 'sku=walden')
      expect(answer.status, path).toBe(403)
      expect(answer.text).toContain('nothing was done')
      expect(answer.text).not.toMatch(/^set-cookie:/im)
    }
  })

  test.each(COOKIES)('answers a Cookie header with %s, without a 5xx', async (_, cookie) => {
    for (const path of ['/', '/cart', '/cookies', '/account', '/nowhere']) {
      const answer = await rawRequest(url(), [`GET ${path} HTTP/1.1`, `Cookie: ${cookie}`])
      expect(answer, path).toSatisfy(isFine)
      expect(answer.text).not.toMatch(/<script|<img src=x/)
    }
  })

  test.each(PATHS)('answers a request for the path %s, without a 5xx', async (path) => {
    expect(await rawRequest(url(), [`GET ${path} HTTP/1.1`])).toSatisfy(isFine)
  })

  test.each(['PUT', 'DELETE', 'OPTIONS', 'PATCH'])('answers the method %s, without a 5xx', async (method) => {
    expect(await rawRequest(url(), [`${method} /cart HTTP/1.1`])).toSatisfy(isFine)
  })

  test('opens the session beside invalid cookies', async () => {
    const { text } = await rawRequest(url(), ['GET /cart HTTP/1.1', `Cookie: ;;; =x; a; ${name}=${token}; b`])
    expect(text).toContain('Walden')
  })
})
