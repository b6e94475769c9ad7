import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createCookie, createSessions, memoryStore, type SessionsOptions } from '@keepsake/core'
import { createSealer } from '@keepsake/core/sealer'
import { describe, expect, it } from 'vitest'
import { keepsake, keepsakeProcess, makeDirectory, type RunOptions } from './support.ts'

const SECRET = 'kq2Yw0bT7mXvR4cJ9sLz1eUoP6hNdFgA5iVtB8yCxWE'
const OTHER = 'Zx8cV2bN5mQ1wE4rT7yU0iO3pA6sD9fGhJ-kLqM_nBv'

/** The `Set-Cookie` line of a session with data. */
async function sessionLine(options: Partial<SessionsOptions> = {}): Promise<string> {
  const sessions = createSessions<{ cart: string[]; at: Date }>({ secrets: [SECRET], ...options })
  const visit = await sessions.open(undefined)
  visit.session.login('ada')
  visit.session.cart = ['A1']
  visit.session.at = new Date(0)
  const headers = await visit.close()
  return headers.find(([name]) => name === 'Set-Cookie')?.[1] ?? ''
}

const tokenOf = (line: string): string => line.slice(line.indexOf('=') + 1, line.indexOf(';'))

interface Json {
  readonly cookies: readonly Readonly<Record<string, unknown>>[]
}

async function inspected(args: readonly string[], options: Partial<RunOptions> = {}) {
  const run = await keepsake(['inspect', '--json', ...args], {
    cwd: makeDirectory(),
    env: { SESSION_SECRET: SECRET },
    ...options,
  })
  return { ...run, cookies: run.out === '' ? [] : (JSON.parse(run.out) as Json).cookies }
}

describe('keepsake inspect', () => {
  it('opens a token and shows its times, subject and data', async () => {
    const { code, cookies } = await inspected([tokenOf(await sessionLine())])
    expect(code).toBe(0)
    expect(cookies).toMatchObject([
      {
        name: '__Host-session',
        opens: true,
        secret: 1,
        anatomy: { kind: 'token', version: 1, nonceBytes: 24, tagBytes: 16 },
        session: {
          hasEnded: false,
          permanent: false,
          about: { subject: 'ada' },
          data: { cart: ['A1'], at: { $date: 0 } },
        },
      },
    ])
  })

  it('shows since when, and with which algorithm, a session is bound to a device', async () => {
    const sealer = createSealer({ secrets: [SECRET], name: '__Host-session' })
    const at = 1_800_000_000
    const times = { created: at, issued: at, expires: at + 60, permanent: false, sid: Buffer.alloc(16) }
    for (const [kind, algorithm] of [
      ['e', 'ES256'],
      ['r', 'RS256'],
    ]) {
      const binding = `${at.toString(36)}.${kind}.x.y`
      const token = sealer.seal({ ...times, text: JSON.stringify({ $: { subject: 'ada', binding } }) })
      const { out } = await keepsake(['inspect', token], {
        cwd: makeDirectory(),
        env: { SESSION_SECRET: SECRET },
      })
      expect(out).toMatch(
        new RegExp(`binding +to a device, since 2027-01-15T08:00:00Z, by a key for ${algorithm}\\n`),
      )
    }
  })

  it('shows data keys that contain JSON escapes unchanged', async () => {
    const data = { one: { a: [], '\\': 0 }, other: { a: 1, '"': 2 } }
    const sessions = createSessions({ secrets: [SECRET], revocation: 'none' })
    const visit = await sessions.open(undefined)
    Object.assign(visit.session, data)
    const [[, line = ''] = []] = await visit.close()
    const { out } = await keepsake(['inspect', '--json', tokenOf(line)], {
      cwd: makeDirectory(),
      env: { SESSION_SECRET: SECRET },
    })
    expect(out.replaceAll(/\s/g, '')).toContain(`"data":${JSON.stringify(data)}`)
  })

  it('prints a session as text for people, in a real process that reads a pipe', async () => {
    const { code, out } = await keepsakeProcess(['inspect'], {
      cwd: makeDirectory(),
      env: { SESSION_SECRET: SECRET },
      input: `Set-Cookie: ${await sessionLine()}`,
    })
    expect(code).toBe(0)
    expect(out).toContain('cookie __Host-session\n')
    expect(out).toMatch(/ {2}HttpOnly {2,}no script of a page can read it\n/)
    expect(out).toMatch(/ {2}key id {2,}[0-9a-f]{16}, secret 1 of 1\n/)
    expect(out).toMatch(/ {2}expires {2,}\S+Z {2}\(in \d+ \w+\)\n/)
    expect(out).toMatch(/ {2}subject {2,}ada\n/)
    expect(out).toContain('"cart": [\n')
  })

  it.each([
    ['a Set-Cookie line', (line: string) => `Set-Cookie: ${line}`],
    ['a line without the header name', (line: string) => line],
    [
      'a Cookie line with other cookies',
      (line: string) => `Cookie: a=1; __Host-session=${tokenOf(line)}; b="2"`,
    ],
    ['pairs', (line: string) => `a=1; __Host-session=${tokenOf(line)}`],
    [
      'the headers of a response',
      (line: string) => `HTTP/1.1 200 OK\r\nServer: x=y\r\nset-cookie: ${line}\r\n\r\n`,
    ],
    [
      'the output of curl -v',
      (line: string) => `> GET / HTTP/1.1\n< HTTP/1.1 200 OK\n< Set-Cookie: ${line}\n`,
    ],
  ])('finds the session in %s on standard input', async (_, paste) => {
    const { code, cookies } = await inspected([], { input: paste(await sessionLine()) })
    expect(code).toBe(0)
    expect(cookies.filter(({ opens }) => opens)).toMatchObject([
      { name: '__Host-session', session: { about: { subject: 'ada' } } },
    ])
  })

  it('reads the secrets from .env, and says which of them opened the token', async () => {
    const cwd = makeDirectory()
    writeFileSync(join(cwd, '.env'), `SESSION_SECRET="${OTHER}, ${SECRET}"\n`)
    const { code, cookies } = await inspected([tokenOf(await sessionLine())], { cwd, env: {} })
    expect({ code, cookies }).toMatchObject({ code: 0, cookies: [{ opens: true, secret: 2 }] })
  })

  it('needs the cookie name and the audience that the token was sealed for', async () => {
    const token = tokenOf(await sessionLine({ cookie: { name: 'shop' }, audience: 'eu' }))
    expect((await inspected([token, '--name', '__Host-shop'])).cookies).toMatchObject([
      { reason: 'unknown_key' },
    ])
    const { code, cookies } = await inspected([token, '--name', '__Host-shop', '--audience', 'eu'])
    expect({ code, cookies }).toMatchObject({ code: 0, cookies: [{ opens: true }] })
  })

  it('opens the text of a store row with its key, and shows the record', async () => {
    const store = memoryStore()
    const records: (readonly [string, string])[] = []
    const create: typeof store.create = (key, record) => {
      records.push([key, record.text])
      return store.create(key, record)
    }
    const line = await sessionLine({ store: { ...store, create } })
    const [[key, text] = ['', '']] = records
    expect((await inspected([line])).cookies).toMatchObject([{ anatomy: { kind: 'stored' } }])
    const { code, cookies } = await inspected([text, '--purpose', 'store', '--row', key])
    expect({ code, cookies }).toMatchObject({
      code: 0,
      cookies: [{ session: { about: { subject: 'ada' }, data: { cart: ['A1'] } } }],
    })
    const wrong = await inspected([text, '--purpose', 'store', '--row', key.replace(/./, 'g')])
    expect(wrong).toMatchObject({ code: 1, cookies: [{ reason: 'forged' }] })
  })

  it('opens a sealed cookie of createCookie', async () => {
    const line = createCookie('cart', { sealed: [SECRET] }).write('two books')
    const { code, cookies } = await inspected([line, '--purpose', 'value'])
    expect({ code, cookies }).toMatchObject({ code: 0, cookies: [{ name: 'cart', text: 'two books' }] })
    expect(await inspected([line])).toMatchObject({ code: 1, cookies: [{ reason: 'unknown_key' }] })
  })

  it('shows an expired session as expired', async () => {
    const { code, cookies } = await inspected([tokenOf(await sessionLine({ now: () => 1e12 }))])
    expect({ code, cookies }).toMatchObject({
      code: 0,
      cookies: [{ session: { createdAt: '2001-09-09T01:46:40Z', hasEnded: true } }],
    })
  })
})

describe('keepsake inspect, given a value that does not open,', () => {
  it('reports unknown_key for a token of another secret, with the key ids that would have matched', async () => {
    const token = tokenOf(await sessionLine())
    const { code, out } = await keepsake(['inspect', token], {
      cwd: makeDirectory(),
      env: { SESSION_SECRET: OTHER },
    })
    expect(code).toBe(1)
    expect(out).toContain('does not open: unknown_key')
    expect(out).toMatch(/ {2}__Host-session {2,}[0-9a-f]{16}\n/)
  })

  it('reports a changed token as forged, and another text as no token', async () => {
    const token = tokenOf(await sessionLine())
    const changed = token.slice(0, 60) + (token[60] === 'A' ? 'B' : 'A') + token.slice(61)
    expect(await inspected([changed])).toMatchObject({ code: 1, cookies: [{ reason: 'forged' }] })
    expect(await inspected(['abc'])).toMatchObject({ code: 1, cookies: [{ anatomy: { kind: 'other' } }] })
  })

  it('escapes control characters, so that the terminal does not execute them', async () => {
    const { out } = await keepsake(['inspect', 'a\u001b[31m=b'], {
      cwd: makeDirectory(),
      env: { SESSION_SECRET: SECRET },
    })
    expect(out).toContain('cookie a\\x1b[31m')
  })

  it.each([
    [['abc'], {}, 'no secret: SESSION_SECRET'],
    [['abc'], { SESSION_SECRET: 'keyboard cat' }, 'at least 32 bytes'],
    [[], { SESSION_SECRET: SECRET }, 'no cookie'],
    [['abc', '--purpose', 'csrf'], { SESSION_SECRET: SECRET }, '--purpose: expected'],
    [['abc', '--purpose', 'store'], { SESSION_SECRET: SECRET }, '--row'],
  ])('keepsake inspect %j exits with 2 and names the mistake (%#)', async (args, env, problem) => {
    const { code, out, error } = await keepsake(['inspect', ...args], { cwd: makeDirectory(), env })
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(error).toContain(problem)
    for (const value of Object.values(env)) expect(error).not.toContain(value)
  })
})
