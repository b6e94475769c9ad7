import { inspect } from 'node:util'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ConfigError } from '../../src/base/errors.ts'
import { createSealer } from '../../src/sealer.ts'
import { createSessions } from '../../src/sessions/create-sessions.ts'
import type { SessionsOptions } from '../../src/sessions/options.ts'
import {
  createBrowser,
  createClock,
  present,
  SECRET,
  secretOf,
  sessionsOf,
  setCookie,
  START,
  rejectionOf,
  thrownBy,
} from '../support.ts'
import { anyText } from '../record/texts.ts'

const NAME = '__Host-session'
const CLEARED = `${NAME}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT`

async function cookieWith(data: object, options: Partial<SessionsOptions> = {}): Promise<string> {
  const browser = createBrowser(sessionsOf(options))
  await browser.visit((session) => {
    Object.assign(session, data)
  })
  return present(browser.cookie)
}

const sealed = (text: string, change: object = {}): string => {
  const fields = {
    created: START,
    issued: START,
    expires: START + 3600,
    permanent: false,
    sid: Buffer.alloc(16, 1),
  }
  return `${NAME}=${createSealer({ secrets: [SECRET], name: NAME }).seal({ ...fields, text, ...change })}`
}

describe('the session cookie', () => {
  it('has exactly this format and these attributes by default (R4)', async () => {
    const sessions = createSessions({ secrets: [SECRET] })
    const browser = createBrowser(sessions)
    const headers = await browser.visit((session) => {
      session['user'] = 'alice'
    })
    expect(setCookie(headers)).toMatch(/^__Host-session=[\w-]{130}; Path=\/; Secure; HttpOnly; SameSite=Lax$/)
    expect(await browser.ask((session) => session['user'])).toBe('alice')
    expect(sessions.cookie.clear()).toBe(CLEARED)
    expect([sessions.mode, sessions.cookie.name]).toEqual(['cookie', NAME])
  })

  it.each<[object | undefined, string, string]>([
    [undefined, '__Host-session', 'Path=/; Secure; HttpOnly; SameSite=Lax'],
    [{}, '__Host-session', 'Path=/; Secure; HttpOnly; SameSite=Lax'],
    [{ name: 'sid' }, '__Host-sid', 'Path=/; Secure; HttpOnly; SameSite=Lax'],
    [{ name: '__Host-sid' }, '__Host-sid', 'Path=/; Secure; HttpOnly; SameSite=Lax'],
    [{ name: '__Secure-sid' }, '__Secure-sid', 'Path=/; Secure; HttpOnly; SameSite=Lax'],
    [{ name: '__Host-Http-sid' }, '__Host-Http-sid', 'Path=/; Secure; HttpOnly; SameSite=Lax'],
    [{ path: '/' }, '__Host-session', 'Path=/; Secure; HttpOnly; SameSite=Lax'],
    [{ path: '/shop' }, '__Secure-session', 'Path=/shop; Secure; HttpOnly; SameSite=Lax'],
    [
      { domain: 'example.com' },
      '__Secure-session',
      'Domain=example.com; Path=/; Secure; HttpOnly; SameSite=Lax',
    ],
    [{ sameSite: 'strict' }, '__Host-session', 'Path=/; Secure; HttpOnly; SameSite=Strict'],
    [
      { sameSite: 'none', partitioned: true, priority: 'high' },
      '__Host-session',
      'Path=/; Secure; HttpOnly; SameSite=None; Partitioned; Priority=High',
    ],
    [{ insecure: false }, '__Host-session', 'Path=/; Secure; HttpOnly; SameSite=Lax'],
    [{ insecure: true }, 'session', 'Path=/; HttpOnly; SameSite=Lax'],
    [{ insecure: true, path: '/shop', name: 'sid' }, 'sid', 'Path=/shop; HttpOnly; SameSite=Lax'],
  ])('with %j is %s; %s', (cookie, name, attributes) => {
    const sessions = createSessions({ secrets: [SECRET], cookie })
    expect(sessions.cookie.name).toBe(name)
    expect(sessions.cookie.write('x')).toBe(`${name}=x; ${attributes}`)
  })

  it.each<[unknown, string]>([
    [{ name: '__Host-sid', insecure: true }, 'cookie.secure'],
    [{ name: '__Host-sid', path: '/shop' }, 'cookie.path'],
    [{ name: '__Host-sid', domain: 'example.com' }, 'cookie.domain'],
    [{ sameSite: 'none', insecure: true }, 'cookie.sameSite'],
    [{ partitioned: true, insecure: true }, 'cookie.partitioned'],
    [{ name: '__host-sid' }, 'cookie.name'],
    [{ name: 'a b' }, 'cookie.name'],
    [{ name: 1 }, 'cookie.name'],
    [{ name: null }, 'cookie.name'],
    [{ insecure: 'auto' }, 'cookie.insecure'],
    [{ secure: 'auto' }, 'cookie.secure'],
    [{ secure: true }, 'cookie.secure'],
    [{ httpOnly: false }, 'cookie.httpOnly'],
    [{ maxAge: 1 }, 'cookie.maxAge'],
    [{ expires: new Date() }, 'cookie.expires'],
    [{ sameSite: 'Lax' }, 'cookie.sameSite'],
    [{ path: 'shop' }, 'cookie.path'],
    [null, 'cookie'],
    ['sid', 'cookie'],
  ])('cannot be %j (R5, R7, R12)', (cookie, option) => {
    const error = thrownBy(() =>
      createSessions({ secrets: [SECRET], cookie: cookie as SessionsOptions['cookie'] }),
    )
    expect(error).toBeInstanceOf(ConfigError)
    expect(error).toMatchObject({ option })
  })
})

describe('options of sessions', () => {
  it.each(
    (
      [
        [
          undefined,
          /^secrets: expected secrets, newest first, .*, got undefined; is the environment variable set\?/,
        ],
        [
          {},
          /^secrets: expected secrets, newest first, .*, got undefined; is the environment variable set\?/,
        ],
        [{ secrets: 7 }, /^secrets: expected secrets, newest first, .*, got a number; generate one with/],
        [
          { secrets: 'x' },
          /^secrets: every secret must be at least 32 bytes long, this one has 1; generate one with/,
        ],
        [{ secrets: [] }, /^secrets: at least one secret is needed/],
        [{ secrets: [undefined] }, /^secrets\[0\]: is empty; is the environment variable set\?/],
        [
          { secrets: ['keyboard cat'] },
          /^secrets\[0\]: every secret must be at least 32 bytes long, this one has 12/,
        ],
        [{ secret: SECRET }, /^secret: unknown option; write secrets: \[secret\], newest first/],
        [{ keys: [SECRET] }, /^keys: unknown option; write secrets: \[key\], newest first/],
        [{ password: SECRET }, /^password: unknown option; write secrets: \[password\], newest first/],
        [{ resave: false }, /^resave: unknown option; not needed: an unchanged session is never saved/],
        [{ saveUninitialized: true }, /^saveUninitialized: unknown option; not needed/],
        [{ rolling: true }, /^rolling: unknown option; lifetime\.idle slides by itself/],
        [{ unset: 'destroy' }, /^unset: unknown option; not needed/],
        [{ name: 'sid' }, /^name: unknown option; write cookie: \{ name \}/],
        [{ cookieName: 'sid' }, /^cookieName: unknown option; write cookie: \{ name \}/],
        [{ key: 'sid' }, /^key: unknown option; write cookie: \{ name \}/],
        [{ maxAge: 1 }, /^maxAge: unknown option; write lifetime: \{ idle, absolute, permanent \}/],
        [{ ttl: 1 }, /^ttl: unknown option; write lifetime: /],
        [{ expires: 1 }, /^expires: unknown option; write lifetime: /],
        [{ secure: true }, /^secure: unknown option; Secure is always on/],
        [{ httpOnly: true }, /^httpOnly: unknown option; HttpOnly is always on/],
        [{ sameSite: 'lax' }, /^sameSite: unknown option; write cookie: \{ sameSite \}/],
        [
          { genid: () => 'x' },
          /^genid: unknown option; known options: secrets, cookie, lifetime, audience, store/,
        ],
        [
          { secrets: [SECRET], lifetime: { maxAge: 1 } },
          /^lifetime\.maxAge: unknown option; write lifetime: /,
        ],
        [{ secrets: [SECRET], lifetime: { idle: '1 hour' } }, /^lifetime\.idle: expected whole seconds/],
        [{ secrets: [SECRET], audience: 1 }, /^audience: expected text .*, got a number/],
        [{ secrets: [SECRET], audience: 'a'.repeat(1100) }, /^audience: is \d+ bytes too long/],
        [{ secrets: [SECRET], cookie: { name: 'a'.repeat(1100) } }, /^cookie\.name: is \d+ bytes too long/],
        [
          { secrets: [SECRET], now: 1 },
          /^now: expected a function that returns epoch milliseconds, got a number/,
        ],
        [{ secrets: [SECRET], cookie: { secret: 'x' } }, /^cookie\.secret: unknown option; write secrets: /],
      ] satisfies [object | undefined, RegExp][]
    ).map(([options, message]) => [message, options] as const),
  )('that are wrong or of another library cause the error %s', (message, options) => {
    const error = thrownBy(() => createSessions(options as SessionsOptions))
    expect(error).toBeInstanceOf(ConfigError)
    expect(error).toMatchObject({ message: expect.stringMatching(message) as unknown })
  })

  it('have no unsigned and no merely signed mode (R48)', () => {
    for (const option of ['signed', 'unsigned', 'encrypt', 'algorithm', 'plain']) {
      const options: unknown = { secrets: [SECRET], [option]: true }
      expect(() => createSessions(options as SessionsOptions)).toThrow(`${option}: unknown option`)
    }
  })

  it('are read once', async () => {
    const secrets = [SECRET]
    const sessions = createSessions({ secrets, now: () => START * 1000 })
    secrets[0] = secretOf('another')
    const browser = createBrowser(sessions, await cookieWith({ n: 1 }))
    expect(await browser.ask((session) => session['n'])).toBe(1)
  })
})

describe('the cookie that a visit leaves behind', () => {
  it('is not set without data (R29)', async () => {
    const sessions = sessionsOf()
    for (let request = 0; request < 1000; request++) {
      const browser = createBrowser(sessions)
      expect(await browser.visit((session) => session['user'])).toEqual([['Vary', 'Cookie']])
    }
  })

  it('is not set after a session was filled and emptied again', async () => {
    const headers = await createBrowser(sessionsOf()).visit((session) => {
      session['n'] = 1
      delete session['n']
      session['m'] = undefined
    })
    expect(headers).toEqual([['Vary', 'Cookie']])
  })

  it('is not set for permanent alone', async () => {
    const headers = await createBrowser(sessionsOf()).visit((session) => {
      session.permanent = true
    })
    expect(headers).toEqual([['Vary', 'Cookie']])
  })

  it('is set for a login alone', async () => {
    const browser = createBrowser(sessionsOf())
    await browser.visit((session) => session.login('alice'))
    expect(await browser.ask((session) => session.subject)).toBe('alice')
  })

  it('is deleted once the session is emptied', async () => {
    const browser = createBrowser(sessionsOf(), await cookieWith({ n: 1 }))
    const headers = await browser.visit((session) => {
      delete session['n']
    })
    expect(setCookie(headers)).toBe(CLEARED)
  })

  it('stays when the data of a logged-in session is cleared', async () => {
    const browser = createBrowser(sessionsOf())
    await browser.visit((session) => {
      session.login('alice')
      session['n'] = 1
    })
    await browser.visit((session) => session.clear())
    expect(await browser.ask((session) => [session.subject, session['n']])).toEqual(['alice', undefined])
  })

  it('is not written again while it is unchanged (R47)', async () => {
    const clock = createClock()
    const browser = createBrowser(sessionsOf({ now: clock.now }), await cookieWith({ list: [1, { a: 2 }] }))
    for (let request = 0; request < 100; request++) {
      clock.at += 1
      expect(await browser.visit((session) => JSON.stringify(session['list']))).toEqual([['Vary', 'Cookie']])
    }
  })

  it('is written when a nested value has changed (R46)', async () => {
    const browser = createBrowser(sessionsOf(), await cookieWith({ cart: { items: [1] } }))
    await browser.visit((session) => (session['cart'] as { items: number[] }).items.push(2))
    expect(await browser.ask((session) => session['cart'])).toEqual({ items: [1, 2] })
  })

  it('shows nothing of its content (R48)', async () => {
    const cookie = await cookieWith({ canary: 'canary' })
    const token = cookie.slice(NAME.length + 1)
    expect(Buffer.from(token, 'base64url').includes('canary')).toBe(false)
    expect(cookie).not.toContain(Buffer.from('canary').toString('base64url').slice(0, 7))
  })
})

const junk = (count: number): string => Array.from({ length: count }, (_, i) => `${NAME}=junk${i}; `).join('')

describe('several cookies of our name (R16)', () => {
  it('open the valid one, wherever it is among invalid ones', async () => {
    const good = await cookieWith({ n: 1 })
    const junk = [
      `${NAME}=junk`,
      `${NAME}=`,
      sealed('{"n":9}', { issued: START - 3600, created: START - 3600 }),
    ]
    for (let at = 0; at <= junk.length; at++) {
      const header = junk.toSpliced(at, 0, good).join('; ')
      const browser = createBrowser(sessionsOf(), header)
      expect(await browser.ask((session) => session['n'])).toBe(1)
      expect(await createBrowser(sessionsOf(), header).visit((session) => session['n'])).toEqual([
        ['Vary', 'Cookie'],
      ])
    }
  })

  it('that are identical count as one', async () => {
    const good = await cookieWith({ n: 1 })
    const browser = createBrowser(sessionsOf(), Array.from({ length: 10 }, () => good).join('; '))
    expect(await browser.ask((session) => session['n'])).toBe(1)
  })

  it('of which two are valid and different open none, and the response deletes those that it can name', async () => {
    const browser = createBrowser(
      sessionsOf(),
      `${await cookieWith({ n: 1 })}; ${await cookieWith({ n: 2 })}`,
    )
    await browser.ask((session) => {
      expect([session.isNew, session['n'], session.explain().opened]).toEqual([
        true,
        undefined,
        'ambiguous_cookie',
      ])
    })
    const headers = await browser.visit((session) => session['n'])
    expect(headers.map(([name]) => name)).toEqual(['Set-Cookie', 'Vary', 'Cache-Control'])
    expect(setCookie(headers)).toBe(CLEARED)
  })

  it('of which two are tokens of one session open the one that was sealed last, in any order', async () => {
    const clock = createClock()
    const sessions = sessionsOf({ now: clock.now })
    const browser = createBrowser(sessions)
    await browser.visit((session) => (session['n'] = 1))
    const older = browser.cookie
    clock.at += 1
    await browser.visit((session) => (session['n'] = 2))
    for (const header of [`${older}; ${browser.cookie}`, `${browser.cookie}; ${older}`])
      expect(await createBrowser(sessions, header).ask((session) => session['n'])).toBe(2)
  })

  it('of which two tokens of one session were sealed in the same second open the last one', async () => {
    const sessions = sessionsOf()
    const browser = createBrowser(sessions)
    await browser.visit((session) => (session['n'] = 1))
    const older = browser.cookie
    await browser.visit((session) => (session['n'] = 2))
    expect(await createBrowser(sessions, `${older}; ${browser.cookie}`).ask((session) => session['n'])).toBe(
      2,
    )
  })

  it('are tried up to the fourth', async () => {
    const good = await cookieWith({ n: 1 })
    expect(await createBrowser(sessionsOf(), junk(3) + good).ask((session) => session['n'])).toBe(1)
    expect(await createBrowser(sessionsOf(), junk(4) + good).ask((session) => session['n'])).toBeUndefined()
  })

  it('may be in several fields (R15)', async () => {
    const visit = await sessionsOf().open(['a=b', await cookieWith({ n: 1 })])
    expect(visit.session['n']).toBe(1)
  })

  it('are distinguished from look-alikes byte for byte (R6, R13)', async () => {
    const value = (await cookieWith({ n: 1 })).slice(NAME.length)
    for (const name of [
      '__HOST-session',
      '__host-session',
      '\u00A0__Host-session',
      'x__Host-session',
      'session',
    ]) {
      const browser = createBrowser(sessionsOf(), name + value)
      expect(await browser.ask((session) => session.explain().opened)).toBe('no_cookie')
    }
  })
})

describe('a record with a key that has the name of a control', () => {
  it('opens without that key, and loses it with the next change', async () => {
    const browser = createBrowser(sessionsOf(), sealed('{"id":1,"n":2,"$":{"subject":"alice"}}'))
    await browser.ask((session) => {
      expect([session.isNew, session.subject, JSON.stringify(session)]).toEqual([false, 'alice', '{"n":2}'])
      expect(session.id).toMatch(/^[\w-]{22}$/)
      expect(session.explain()).toMatchObject({ opened: 'opened', closes: 'unchanged' })
    })
    await browser.visit((session) => (session['n'] = 3))
    await browser.ask((session) => expect(JSON.stringify(session)).toBe('{"n":3}'))
  })
})

describe('a cookie that cannot be used (R20)', () => {
  const cases: readonly (readonly [string, string, () => Promise<string> | string])[] = [
    ['malformed', 'cleared', () => `${NAME}=junk`],
    ['malformed', 'cleared', () => `${NAME}=`],
    ['malformed', 'cleared', () => `${NAME}=a*b*c*d*e*f*g*h`],
    ['malformed', 'cleared', () => `${NAME}=Fe26.2*constructor*a*b*c*d*e*f`],
    ['forged', 'cleared', async () => `${(await cookieWith({ n: 1 })).slice(0, -4)}AAAA`],
    ['corrupt', 'cleared', () => sealed('[]')],
    ['corrupt', 'cleared', () => sealed('{"a":{"$unknown":1}}')],
    ['expired_idle', 'cleared', () => sealed('{"n":1}', { created: START - 3600, issued: START - 3600 })],
    ['expired_absolute', 'cleared', () => sealed('{"n":1}', { created: START - 86_400 })],
    ['expired_as_issued', 'cleared', () => sealed('{"n":1}', { expires: START })],
    ['issued_in_future', 'left alone', () => sealed('{"n":1}', { issued: START + 61 })],
    ['unknown_key', 'left alone', () => cookieWith({ n: 1 }, { secrets: [secretOf('of another server')] })],
    ['header_too_large', 'left alone', async () => `${await cookieWith({ n: 1 })}; a=${'x'.repeat(16_384)}`],
  ]

  it.each(cases)('because of %s is %s, and the session is new', async (reason, outcome, headerOf) => {
    const header = await headerOf()
    const browser = createBrowser(sessionsOf(), header)
    await browser.ask((session) => {
      expect([session.isNew, session.subject, JSON.stringify(session)]).toEqual([true, undefined, '{}'])
      expect(session.explain()).toMatchObject({
        opened: reason,
        closes: outcome === 'cleared' ? 'unusable' : 'empty',
      })
    })
    const headers = await browser.visit((session) => session['n'])
    expect(setCookie(headers)).toBe(outcome === 'cleared' ? CLEARED : undefined)
  })

  it.each(cases)('because of %s is replaced by a new session that is written', async (_, __, headerOf) => {
    const browser = createBrowser(sessionsOf(), await headerOf())
    await browser.visit((session) => {
      session['n'] = 2
    })
    expect(await browser.ask((session) => [session['n'], session.isNew])).toEqual([2, false])
  })

  it('has the same effect on the response, whatever the reason (R55)', async () => {
    const cleared = cases.filter(([, outcome]) => outcome === 'cleared')
    const answers = await Promise.all(
      cleared.map(async ([, , headerOf]) =>
        createBrowser(sessionsOf(), await headerOf()).visit((s) => s['n']),
      ),
    )
    expect(new Set(answers.map((headers) => JSON.stringify(headers))).size).toBe(1)
  })

  it('is left alone if one of several may be another server’s', async () => {
    const foreign = await cookieWith({ n: 1 }, { secrets: [secretOf('of another server')] })
    const browser = createBrowser(sessionsOf(), `${NAME}=junk; ${foreign}`)
    expect(await browser.visit((session) => session['n'])).toEqual([['Vary', 'Cookie']])
  })

  it('never throws and never persists, whatever its text', async () => {
    const good = await cookieWith({ n: 1 })
    const texts = fc.oneof(
      anyText(),
      anyText().map((text) => `${NAME}=${text}`),
      fc
        .array(fc.constantFrom(NAME, '=', ';', '; ', ' ', good, good.slice(0, 60), '"', '\u00A0', 'AQ'), {
          maxLength: 9,
        })
        .map((parts) => parts.join('')),
      fc.nat(good.length).map((at) => `${good.slice(0, at)}${good.slice(at + 1)}`),
    )
    const sessions = sessionsOf()
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        const browser = createBrowser(sessions, text)
        const opened = await browser.ask((session) => session.explain().opened)
        await browser.visit((session) => session['n'])
        // It is valid, or deleted, or may belong to another server.
        const isAlone = sessions.cookie.readAll(text).length === 1
        if (isAlone && opened !== 'opened' && opened !== 'unknown_key') expect(browser.cookie).toBeUndefined()
      }),
    )
    expect(Object.getOwnPropertyNames({})).toEqual([])
  })
})

describe('applications that share a secret (R49)', () => {
  it('are separated by the name of their cookie', async () => {
    const cookie = await cookieWith({ n: 1 })
    const moved = cookie.replace(NAME, '__Host-other')
    const browser = createBrowser(sessionsOf({ cookie: { name: 'other' } }), moved)
    expect(await browser.ask((session) => session.explain().opened)).toBe('unknown_key')
  })

  it('are separated by their audience', async () => {
    const cookie = await cookieWith({ n: 1 }, { audience: 'shop' })
    expect(await createBrowser(sessionsOf({ audience: 'blog' }), cookie).ask((s) => s.isNew)).toBe(true)
    expect(await createBrowser(sessionsOf(), cookie).ask((s) => s.isNew)).toBe(true)
    expect(await createBrowser(sessionsOf({ audience: 'shop' }), cookie).ask((s) => s['n'])).toBe(1)
  })

  it('share sessions if all options are equal', async () => {
    const browser = createBrowser(sessionsOf(), await cookieWith({ n: 1 }))
    expect(await browser.ask((session) => session['n'])).toBe(1)
  })
})

describe('a change of secrets (R59, R60)', () => {
  const [old, fresh] = [secretOf('old'), secretOf('fresh')]

  it('loses no session while the older secret is listed, and writes with the newest', async () => {
    const browser = createBrowser(
      sessionsOf({ secrets: [fresh, old] }),
      await cookieWith({ n: 1 }, { secrets: [old] }),
    )
    await browser.visit((session) => {
      expect([session['n'], session.explain().opened]).toEqual([1, 'opened_stale'])
      session['n'] = 2
    })
    const after = createBrowser(sessionsOf({ secrets: [fresh] }), browser.cookie)
    expect(await after.ask((session) => [session['n'], session.explain().opened])).toEqual([2, 'opened'])
  })

  it('ends the sessions of a secret that is removed', async () => {
    const cookie = await cookieWith({ n: 1 }, { secrets: [old] })
    expect(await createBrowser(sessionsOf({ secrets: [fresh] }), cookie).ask((s) => s['n'])).toBeUndefined()
  })
})

describe('no part of a secret', () => {
  it('is shown by sessions, visits, sessions in use, and errors (R62)', async () => {
    const secrets = [SECRET, secretOf('older')]
    const sessions = sessionsOf({ secrets })
    const visit = await sessions.open(await cookieWith({ n: 1 }))
    visit.session['fn'] = () => 1
    const error = await rejectionOf(visit.close())
    const { message, stack } = error as Error
    const shown = [sessions, visit, visit.session, error]
      .map((value) => inspect(value, { depth: 12, showHidden: true, getters: true }) + JSON.stringify(value))
      .join('')
    const text = `${shown}${message}${stack}`
    expect(text).toContain('SessionDataError')
    for (const secret of secrets) {
      for (const encoding of ['utf8', 'hex', 'base64', 'base64url'] as const) {
        expect(text).not.toContain(Buffer.from(secret).toString(encoding))
      }
    }
  })
})
