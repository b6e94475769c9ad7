import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { processTerminal } from '../src/terminal.ts'
import { describe, expect, it } from 'vitest'
import { OLD_SECRETS, readVectors as readCookies } from '../../arrival/test/vectors/vectors.ts'
import { readVectors } from '../../arrival/test/vectors/read.ts'
import { inspect } from '../src/commands/inspect.ts'
import { keepsake, makeDirectory } from './support.ts'

const VARIABLE = 'THEIR_SECRET'

interface Keys {
  readonly cookieName?: string
  readonly keys?: readonly string[]
  readonly password?: string
  readonly passwords?: Readonly<Record<string, string>>
  readonly secretKeyBases?: readonly string[]
  readonly secretKeys?: readonly string[]
  readonly secrets?: readonly string[]
}

const secretIn = ({ keys, password, passwords, secretKeyBases, secretKeys, secrets }: Keys): string =>
  (
    keys ??
    secretKeyBases ??
    secretKeys ??
    secrets ??
    Object.values(passwords ?? { 1: password ?? '' })
  ).join()

/** A test vector of the newest version, in a cookie of this name. */
function vectorOf(format: string, vector: string, name: string) {
  const file = readVectors<Keys>(format).at(-1)
  const found = file?.vectors.find((one) => one.name === vector)
  if (file === undefined || found === undefined) throw new Error(`no vector ${vector} of ${format}`)
  return { cookie: `${name}=${found.value}`, secret: secretIn(found.keys), now: file.now }
}

const VECTORS = readCookies()
const OF_COOKIES = Object.entries(VECTORS.cookies)
const [SECRET = '', OLDER = ''] = OLD_SECRETS

interface Pasted {
  readonly cookie: string
  readonly secret: string | undefined
  /** Epoch seconds. */
  readonly now: number
}

async function inspected({ cookie, secret, now }: Pasted, args: readonly string[] = []) {
  const around = {
    env: { [VARIABLE]: secret },
    cwd: makeDirectory(),
    readInput: async () => '',
    now: now * 1000,
    terminal: processTerminal(),
  }
  const { code, text, json } = await inspect.run([cookie, '--variable', VARIABLE, ...args], around)
  return { code, text, cookies: (json as { cookies: Readonly<Record<string, unknown>>[] }).cookies }
}

describe('keepsake inspect, given a cookie of another library,', () => {
  it.each([
    ['flask', 'flask', 'plain values', 'session', { user_id: 7 }],
    ['flask', 'flask', 'a compressed payload', 'session', {}],
    ['django', 'django', 'what a login writes', 'sessionid', { _auth_user_id: '7' }],
    ['django', 'django', 'a compressed payload', 'sessionid', {}],
    ['rails', 'rails', 'plain values', '_shop_session', { user_id: 7 }],
    ['rails', 'rails', 'no metadata, where they are optional', '_shop_session', { user_id: 7 }],
    ['ironSession', 'iron-session', 'plain values', 'shop', { user: 7 }],
    ['h3', 'h3', 'plain values without an expiry', 'h3', { user: 7 }],
    ['authJs', 'auth-js', 'plain values', '__Secure-authjs.session-token', { sub: '7' }],
    ['nextAuth', 'next-auth', 'plain values', 'next-auth.session-token', { sub: '7' }],
    ['secureSession', 'secure-session', 'plain values', 'session', { user: 7 }],
    ['secureSession', 'secure-session', 'an additional signature', 'session', { user: 7 }],
  ])('recognizes that %s reads it, and opens it: %s, %s', async (library, format, vector, name, data) => {
    const pasted = vectorOf(format, vector, name)
    const { code, cookies } = await inspected(pasted)
    expect({ code, cookies }).toMatchObject({
      code: 0,
      cookies: [{ name, opens: true, library, session: { data }, anatomy: { kind: 'foreign' } }],
    })
    const other = await inspected({ ...pasted, secret: Buffer.alloc(32).toString('base64') })
    expect(other).toMatchObject({ code: 1, cookies: [{ opens: false, reason: 'forged' }] })
  })

  it.each(OF_COOKIES)('opens a cookie created by the npm package itself: %s', async (name, { cookie }) => {
    const pasted = {
      cookie: `Cookie: a=1; ${cookie}`,
      secret: name.includes('older') ? OLDER : SECRET,
      now: VECTORS.madeAt,
    }
    const { code, cookies } = await inspected(pasted)
    const isInStore = /express|fastify|store/.test(name)
    const session = isInStore ? undefined : { data: { user: 'ada' } }
    expect({ code, cookies }).toMatchObject({ code: 0, cookies: [{ opens: true, session }] })
    const other = await inspected({ ...pasted, secret: 'another' })
    expect(other).toMatchObject({ code: 1, cookies: [{ opens: false, reason: 'forged' }] })
  })

  it('opens a signed and an unsigned session id', async () => {
    const signed = await inspected(vectorOf('flask-session', 'a signed id', 'session'))
    expect(signed.cookies).toMatchObject([{ library: 'flaskSession', session: undefined }])
    const plain = vectorOf('flask-session', 'a signed id, where it is not signed', 'session')
    expect((await inspected({ ...plain, secret: 'none' })).cookies).toMatchObject([
      { library: 'flaskSession' },
    ])
    const id = { cookie: `sessionid=${'a0'.repeat(16)}`, secret: 'any', now: plain.now }
    expect((await inspected(id)).cookies).toMatchObject([{ library: 'django', session: undefined }])
  })

  it('joins chunked cookies', async () => {
    const { cookie, secret, now } = vectorOf('iron-session', 'joined chunks', 'shop')
    const value = cookie.slice('shop='.length)
    const chunks = `shop.0=${value.slice(0, 900)}; shop.1=${value.slice(900)}`
    const { code, cookies } = await inspected({ cookie: `Cookie: ${chunks}; a=1`, secret, now })
    expect({ code, cookies }).toMatchObject({
      code: 0,
      cookies: [{ name: 'shop.0', library: 'ironSession' }],
    })
  })

  it("assumes the library's default cookie name for a value without a name", async () => {
    const { cookie, ...rest } = vectorOf('flask', 'plain values', 'session')
    const value = cookie.slice('session='.length)
    expect((await inspected({ cookie: value, ...rest })).cookies).toMatchObject([{ library: 'flask' }])
  })

  it("needs the cookie's name if the library signs the name", async () => {
    const { cookie, ...rest } = vectorOf('rails', 'plain values', '_shop_session')
    const value = cookie.slice('_shop_session='.length)
    const pasted = { cookie: value.replaceAll('=', '%3D'), ...rest }
    expect((await inspected(pasted)).cookies).toMatchObject([{ reason: 'forged' }])
    expect((await inspected(pasted, ['--name', '_shop_session'])).cookies).toMatchObject([{ opens: true }])
  })

  it('distinguishes an expired cookie from one in an unsupported format', async () => {
    const over = await inspected(vectorOf('flask', 'an expired session', 'session'))
    expect(over).toMatchObject({ code: 1, cookies: [{ reason: 'expired' }] })
    const marshal = await inspected(vectorOf('rails', 'the serializer marshal', '_shop_session'))
    expect(marshal).toMatchObject({ code: 1, cookies: [{ reason: 'unsupported' }] })
  })

  it('reports a secret that is invalid for the library', async () => {
    const sealed = { ...vectorOf('secure-session', 'plain values', 'session'), secret: 'not of 32 bytes' }
    expect(await inspected(sealed)).toMatchObject({ code: 1, cookies: [{ reason: 'unfit_secret' }] })
  })

  it('names the libraries that read the format if there is no secret', async () => {
    const { code, text, cookies } = await inspected({
      ...vectorOf('iron-session', 'plain values', 'shop'),
      secret: undefined,
    })
    expect({ code, cookies }).toMatchObject({
      code: 1,
      cookies: [{ opens: undefined, anatomy: { libraries: ['ironSession'] } }],
    })
    expect(text).toContain('--variable')
  })

  it('prints the session as text, without the secret', async () => {
    const pasted = vectorOf('flask', 'flash messages', 'session')
    const { text } = await inspected(pasted)
    expect(text).toContain('cookie session, ')
    expect(text).toContain('genuine, read by flask\n')
    expect(text).toMatch(/ {2}began {2,}2026-11-30T\S+Z {2}\(.+\)\n/)
    expect(text).toContain('"user": 7')
    expect(text).toContain('flash warning\n  <b>Twice</b>')
    expect(text).not.toContain(pasted.secret)
  })

  it('is ignored if a cookie of Keepsake is in the same line', async () => {
    const { cookie, now } = vectorOf('flask', 'plain values', 'session')
    const stored = `__Host-session=${Buffer.alloc(48, 1).toString('base64url')}`
    const secret = 'a secret that is only for tests and has 51 characters'
    const { code, cookies } = await inspected({ cookie: `${cookie}; ${stored}`, secret, now })
    expect({ code, cookies }).toMatchObject({
      code: 0,
      cookies: [{ anatomy: { kind: 'other' } }, { anatomy: { kind: 'stored' } }],
    })
  })

  it('is opened with a secret from .env', async () => {
    const [, { cookie }] = OF_COOKIES.find(([name]) => name === 'cookie-session') ?? ['', { cookie: '' }]
    const cwd = makeDirectory()
    writeFileSync(join(cwd, '.env'), `${VARIABLE}="${SECRET}"\n`)
    const { code, out } = await keepsake(['inspect', cookie, '--variable', VARIABLE, '--json'], { cwd })
    expect({ code, ...JSON.parse(out) }).toMatchObject({ code: 0, cookies: [{ library: 'cookieSession' }] })
  })
})
