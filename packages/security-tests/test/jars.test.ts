import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { ConfigError, type CookieAttributes, createCookie } from '@keepsake/core'
import { createJar } from '@keepsake/testing'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chromiumPath, hasCurl, requireJars } from '../src/jars.ts'
import { type Running, serve } from '../src/server.ts'

const OCTETS = "!#$%&'()*+-./0123456789:<=>?@ABCXYZ[]^_`abcxyz{|}~"
const TOKEN = "!#$%&'*+-.^_`|~0aZ"

/** Cookies that our writer accepts; the last one is the longest possible. */
const GOOD: readonly (readonly [name: string, value: string, attributes: CookieAttributes])[] = [
  ['theme', 'dark', {}],
  ['theme', '', {}],
  ['theme', OCTETS, {}],
  [TOKEN, 'x', {}],
  ['$Version', '1', {}],
  ['__proto__', '1', {}],
  ['a', '=b=', {}],
  ['a', '%22%3B', {}],
  ['a', 'x', { maxAge: '400d' }],
  ['a', 'x', { expires: new Date('2037-01-02T03:04:05Z') }],
  ['a', 'x', { path: '/shop' }],
  ['a', 'x', { sameSite: 'strict' }],
  ['a', 'x', { sameSite: 'none' }],
  ['a', 'x', { sameSite: 'none', partitioned: true }],
  ['a', 'x', { httpOnly: false, priority: 'high' }],
  ['a', 'x', { secure: false }],
  ['__Host-a', 'x', {}],
  ['__Secure-a', 'x', { path: '/shop' }],
  ['__Http-a', 'x', {}],
  ['__Host-Http-a', 'x', {}],
  ['a', 'x'.repeat(4095), {}],
]

/**
 * Cookies that our writer refuses, with the line that a careless writer would send: a jar drops the cookie, or returns another.
 * The last column names the jars that do not have this rule.
 */
const BAD: readonly (readonly [
  what: string,
  write: () => unknown,
  line: string,
  lenient?: readonly string[],
])[] = [
  ['a semicolon', () => createCookie('a').write('x;y'), 'a=x;y; Path=/'],
  ['an equals sign in the name', () => createCookie('a=b'), '=a=b; Path=/'],
  ['no name', () => createCookie(''), '=a; Path=/'],
  [
    'too long',
    () => createCookie('a').write('x'.repeat(4096)),
    `a=${'x'.repeat(4096)}; Path=/`,
    ['tough-cookie'],
  ],
  ['__Host- without Secure', () => createCookie('__Host-a', { secure: false }), '__Host-a=x; Path=/'],
  ['__Host- with a path', () => createCookie('__Host-a', { path: '/x' }), '__Host-a=x; Path=/get; Secure'],
  [
    '__Host- with a domain',
    () => createCookie('__Host-a', { domain: 'localhost' }),
    '__Host-a=x; Path=/; Secure; Domain=localhost',
  ],
  ['__Secure- without Secure', () => createCookie('__Secure-a', { secure: false }), '__Secure-a=x; Path=/'],
  [
    'a prefix in another case',
    () => createCookie('__host-a'),
    '__host-a=x; Path=/',
    ['curl', 'tough-cookie'],
  ],
  [
    'None without Secure',
    () => createCookie('a', { sameSite: 'none', secure: false }),
    'a=x; Path=/; SameSite=None',
    ['curl', 'tough-cookie'],
  ],
  [
    'Partitioned without Secure',
    () => createCookie('a', { partitioned: true, secure: false }),
    'a=x; Path=/; Partitioned',
    ['curl', 'tough-cookie'],
  ],
  [
    'a domain injected through the path',
    () => createCookie('a', { path: '/; Domain=example.com' }),
    'a=x; Path=/; Domain=example.com',
  ],
]

const lineOf = ([name, value, attributes]: (typeof GOOD)[number]): string =>
  createCookie(name, attributes).write(value)
const LINES = [...GOOD.map(lineOf), ...BAD.map(([, , line]) => line)]
const CLEARS = GOOD.map(([name, , attributes]) => createCookie(name, attributes).clear())

/** Returns the cookies that a jar holds after one or more lines. */
type Ask = (numbers: readonly string[]) => Promise<string>

let running: Running
beforeAll(async () => {
  // `/set/3` responds with line 3, `/clear/3` deletes its cookie; under /shop, so that each of our paths matches.
  running = await serve((request, response) => {
    const [, , kind, number] = (request.url ?? '').split('/')
    const line = (kind === 'clear' ? CLEARS : LINES)[Number(number)]
    if ((kind === 'set' || kind === 'clear') && line !== undefined) response.setHeader('Set-Cookie', line)
    response.setHeader('Content-Type', 'text/plain')
    response.end(kind === 'get' ? `[${request.headers.cookie ?? ''}]` : '')
  })
})
afterAll(() => running.close())

const urlOf = (path: string): string => `${running.origin.replace('127.0.0.1', 'localhost')}/shop/${path}`

async function askCurl(steps: readonly string[]): Promise<string> {
  const urls = [...steps, 'get'].map(urlOf)
  const { stdout } = await promisify(execFile)('curl', ['-s', '-b', '', ...urls])
  return stdout
}

requireJars()

/** The same tests for every jar. */
function testJar(jar: string, ask: Ask): void {
  it('keeps and returns every cookie unchanged (R1, R4)', async () => {
    for (const [number, [name, value]] of GOOD.entries()) {
      // curl's limit for a line is below that of browsers.
      if (jar === 'curl' && value.length > 4000) continue
      expect([name, value, await ask([`set/${number}`])]).toEqual([name, value, `[${name}=${value}]`])
    }
  })

  it('is empty after a clear (R11)', async () => {
    for (const number of GOOD.keys()) expect(await ask([`set/${number}`, `clear/${number}`])).toBe('[]')
  })

  it('does not return the cookies that our writer refuses (R1, R2, R5, R7, R10)', async () => {
    for (const [number, [what, write, line, lenient]] of BAD.entries()) {
      expect(write, what).toThrow()
      if (lenient?.includes(jar) === true) continue
      const [pair = ''] = line.startsWith('a=x;y') ? ['a=x;y'] : line.split(';')
      expect(await ask([`set/${GOOD.length + number}`]), what).not.toBe(`[${pair}]`)
    }
  })
}

describe('tough-cookie', () => {
  testJar('tough-cookie', async (steps) => {
    const jar = createJar()
    for (const step of steps) {
      const [kind, number] = step.split('/')
      jar.take(urlOf(step), [(kind === 'clear' ? CLEARS : LINES)[Number(number)] ?? ''])
    }
    return `[${jar.cookieFor(urlOf('get'))}]`
  })
})

describe.skipIf(!hasCurl)('curl', () => testJar('curl', askCurl))

describe.skipIf(chromiumPath === undefined)('Chromium', () => {
  let browser: Browser
  let page: Page
  beforeAll(async () => {
    const args = ['--no-sandbox', '--disable-gpu']
    browser = await chromium.launch({
      args,
      ...(chromiumPath !== undefined && { executablePath: chromiumPath }),
    })
    page = await browser.newPage()
    await page.goto(urlOf('page'), { timeout: 0 })
  })
  afterAll(() => browser.close())

  testJar('Chromium', async (steps) => {
    await page.context().clearCookies()
    return page.evaluate(
      async (urls) => {
        let text = ''
        for (const url of urls) text = await (await fetch(url)).text()
        return text
      },
      [...steps, 'get'].map(urlOf),
    )
  })
})

describe('a refused cookie', () => {
  it('throws an error of its own class before a line is written (R1, R2)', () => {
    for (const [what, write] of BAD) expect(write, what).toThrow(/cookie|Cookie/)
    expect(() => createCookie('a=b')).toThrow(ConfigError)
  })
})
