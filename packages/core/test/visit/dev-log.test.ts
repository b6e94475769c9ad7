import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { openVisit } from '../../src/adapter.ts'
import type { SessionsOptions } from '../../src/sessions/options.ts'
import type { Sessions } from '../../src/sessions/sessions.ts'
import { memoryStore } from '../../src/store/memory-store.ts'
import type { Header } from '../../src/visit/headers.ts'
import type { Session } from '../../src/session/session.ts'
import { createClock, present, SECRET, secretOf, sessionsOf, setCookie, thrownBy } from '../support.ts'

/** A request without a cookie. */
const ROOT = Object.freeze({ method: 'GET', url: '/', headers: {} })

type Data = Record<string, unknown>
type Handle = (session: Session<Data>) => unknown

let printed: string[] = []
const { error: print } = console
beforeEach(() => {
  printed = []
  console.error = (line: unknown) => void printed.push(String(line))
})
afterEach(() => {
  console.error = print
})

/** The last line, without the padding of columns; durations are replaced, because they differ. */
const lastLine = (): string =>
  present(printed.at(-1))
    .replaceAll(/ {2,}/g, ' | ')
    .replaceAll(/\d+\.\d ms/g, '… ms')

const logged = (options: Partial<SessionsOptions> = {}): Sessions<Data> =>
  sessionsOf<Data>({ log: 'dev', ...options })
const stored = (options: Partial<SessionsOptions> = {}): Sessions<Data> =>
  logged({ store: memoryStore(), revocation: undefined, ...options })

/** A browser whose requests have a method and a path. */
function browserOf(sessions: Sessions<Data>, cookie?: string) {
  const browser = {
    cookie,
    headers: [] as readonly Header[],
    async visit(request: string, handle?: Handle): Promise<string> {
      const [method, url] = request.split(' ')
      const source = { method, url, headers: { cookie: browser.cookie } }
      const visit = await openVisit(sessions, source)
      await handle?.(visit.session)
      browser.headers = await visit.close()
      const line = setCookie(browser.headers)
      if (line !== undefined) browser.cookie = line.includes('Max-Age=0') ? undefined : line.split(';')[0]
      return lastLine()
    },
  }
  return browser
}

const login: Handle = (session) => {
  session.login('ada')
  session['cart'] = [1]
}

const saving: Handle = async (session) => {
  session['n'] = 1
  await session.save()
}

const fails = async (): Promise<never> => Promise.reject(new Error('canary'))

const odd: Handle = (session) =>
  Object.defineProperty(session, 'n', {
    enumerable: true,
    get: () => {
      throw new Error('canary')
    },
  })

const under = (value: string): number => {
  const before = process.env['NODE_DEBUG']
  onTestFinished(() => {
    if (before === undefined) delete process.env['NODE_DEBUG']
    else process.env['NODE_DEBUG'] = before
  })
  process.env['NODE_DEBUG'] = value
  printed = []
  sessionsOf()
  return printed.length
}

describe('the development log', () => {
  it('has a heading, and one line for each request, of sessions in their cookies', async () => {
    const browser = browserOf(logged())
    expect(lastLine()).toBe('keepsake request | received | outcome | written | size | store')
    expect(await browser.visit('GET /style.css')).toBe('keepsake GET | /style.css | not used')
    expect(await browser.visit('GET /', (session) => session['n'])).toBe(
      'keepsake GET | / | no cookie | empty',
    )
    expect(await browser.visit('POST /login', login)).toBe(
      'keepsake POST | /login | no cookie | created login +cart | cookie set | 34 B',
    )
    expect(await browser.visit('GET /cart', (session) => session['cart'])).toBe(
      'keepsake GET | /cart | opened | unchanged | 34 B',
    )
    expect(await browser.visit('POST /cart', (session) => Object.assign(session, { cart: [], n: 1 }))).toBe(
      'keepsake POST | /cart | opened | changed ~cart +n | cookie set | 39 B',
    )
    expect(await browser.visit('POST /logout', (session) => session.logout())).toBe(
      'keepsake POST | /logout | opened | destroyed -cart -n | cookie cleared | 39 B',
    )
    expect(printed).toHaveLength(7)
  })

  it('shows the changes of rows and the duration of store calls for sessions in a store', async () => {
    const browser = browserOf(stored())
    expect(await browser.visit('GET /', (session) => session['n'])).toBe(
      'keepsake GET | / | no cookie | empty',
    )
    expect(await browser.visit('POST /login', login)).toBe(
      'keepsake POST | /login | no cookie | created login +cart | row inserted, cookie set | 34 B | … ms',
    )
    const { cookie } = browser
    expect(await browser.visit('GET /', (session) => session['cart'])).toBe(
      'keepsake GET | / | opened | unchanged | 34 B | … ms',
    )
    expect(await browser.visit('POST /cart', (session) => delete session['cart'])).toBe(
      'keepsake POST | /cart | opened | changed -cart | row updated | 23 B | … ms',
    )
    expect(await browser.visit('POST /logout', (session) => session.logout())).toBe(
      'keepsake POST | /logout | opened | destroyed | row deleted, cookie cleared | 23 B | … ms',
    )
    browser.cookie = cookie
    expect(await browser.visit('GET /', (session) => session['cart'])).toContain(
      'ended | empty | … ms | (the store has no such session',
    )
  })

  it('shows the new place of a session that moves between cookie and store', async () => {
    const browser = browserOf(logged({ overflow: memoryStore() }))
    await browser.visit('GET /', (session) => (session['text'] = 'short'))
    expect(await browser.visit('GET /', (session) => (session['text'] = 'x'.repeat(5000)))).toContain(
      'row inserted, cookie set',
    )
    expect(await browser.visit('GET /', (session) => (session['text'] = 'short'))).toContain(
      'row deleted, cookie set',
    )
  })

  it('shows the result of an earlier save, even if the end writes nothing', async () => {
    const browser = browserOf(stored())
    expect(await browser.visit('POST /', saving)).toContain('created +n | row inserted, cookie set')
  })

  it.each<[string, Partial<SessionsOptions>, (cookie: string) => string, string]>([
    ['another secret', { secrets: [secretOf('another')] }, (cookie) => cookie, 'unknown key'],
    ['a change of the cookie', {}, (cookie) => `${cookie.slice(0, -4)}AAAA`, 'forged'],
    ['junk', {}, () => '__Host-session=junk', 'malformed'],
    ['too long a header', {}, () => `a=${'x'.repeat(16_384)}`, 'header too large'],
  ])('shows and explains why a cookie was not opened: %s', async (_, options, change, words) => {
    const browser = browserOf(logged())
    await browser.visit('GET /', login)
    const other = browserOf(logged({ secrets: [SECRET], ...options }), change(present(browser.cookie)))
    const line = await other.visit('GET /', (session) => session['cart'])
    expect(line).toContain(`GET | / | ${words} | `)
    expect(line).toMatch(/\([^()]+\)$/)
  })

  it('shows that a session has expired', async () => {
    const clock = createClock()
    const browser = browserOf(logged({ now: clock.now }))
    await browser.visit('GET /', login)
    clock.at += 3600
    expect(await browser.visit('GET /', (session) => session['cart'])).toContain('expired idle')
  })

  it('shows that accept has rejected a session that no handler has used', async () => {
    const options = { accept: () => false, store: memoryStore() }
    const browser = browserOf(stored({ store: options.store }))
    await browser.visit('GET /', login)
    const picky = browserOf(stored(options), browser.cookie)
    expect(await picky.visit('GET /')).toContain('refused | destroyed')
  })

  it('shows that no handler has used a session that accept has accepted', async () => {
    const options = { accept: () => true, store: memoryStore() }
    const browser = browserOf(stored(options))
    await browser.visit('GET /', login)
    expect(await browser.visit('GET /style.css')).toBe('keepsake GET | /style.css | not used')
  })

  it.each<[string, Handle, string]>([
    ['is too large', (session) => (session['text'] = 'x'.repeat(5000)), 'too large +text'],
    ['cannot be kept', (session) => (session['text'] = () => 1), 'unkeepable'],
  ])('shows why a session is not saved if it %s', async (_, handle, words) => {
    const browser = browserOf(logged())
    await browser.visit('GET /', handle).catch(() => undefined)
    expect(lastLine()).toMatch(new RegExp(`no cookie \\| ${words.replaceAll('+', '\\+')}.*\\(not saved: `))
  })

  it('has a line for a request whose store fails, when it is opened and when it is saved', async () => {
    const store = memoryStore()
    const browser = browserOf(stored({ store }))
    await browser.visit('GET /', login)
    const unread = browserOf(stored({ store: { ...store, read: fails } }), browser.cookie)
    await expect(unread.visit('GET /a')).rejects.toThrow('store failed')
    expect(lastLine()).toBe('keepsake GET | /a | store failed | (the store failed)')
    const unwritten = browserOf(stored({ store: { ...store, create: fails } }))
    await expect(unwritten.visit('GET /b', login)).rejects.toThrow('store failed')
    expect(lastLine()).toMatch(
      /\/b \| no cookie \| store failed login \+cart .*… ms \| \(not saved: the store failed\)$/,
    )
  })

  it('has one more line if a session is changed after the response has left', async () => {
    const visit = await openVisit(logged(), ROOT)
    const { session } = visit
    await visit.close()
    session['n'] = 1
    visit.settle()
    expect(lastLine()).toContain('late | (lost: it was changed after the response was sent)')
  })

  it('has a line for a visit that was read but that its host never closes', async () => {
    const visit = await openVisit(logged(), ROOT)
    void visit.session['n']
    visit.settle()
    visit.settle()
    expect(printed.slice(1)).toHaveLength(1)
    expect(lastLine()).toBe('keepsake GET | / | no cookie')
  })

  it('has no line for a peek', async () => {
    const sessions = logged()
    printed = []
    await sessions.peek('__Host-session=junk')
    expect(printed).toEqual([])
  })

  it('has no method and path if core gets only a header', async () => {
    const visit = await openVisit(logged(), undefined)
    void visit.session.isNew
    await visit.close()
    expect(lastLine()).toBe('keepsake | no cookie | empty')
  })

  it('does not alter a handler’s changes: a session that cannot be compared is shown without keys', async () => {
    const browser = browserOf(logged())
    await browser.visit('GET /', odd).catch(() => undefined)
    expect(lastLine()).not.toContain('canary')
  })
})

describe('the development log (R70)', () => {
  it('has no token, id, subject, value, query or secret, and no line that a visitor could write', async () => {
    const hidden: string[] = [SECRET]
    for (const sessions of [logged(), stored()]) {
      const browser = browserOf(sessions)
      const path = `/reset/${'canary'.repeat(6)}?token=canary#canary`
      for (let request = 0; request < 3; request++) {
        await browser.visit(`POST ${path}`, (session) => {
          session.login('canary-subject')
          session['n'] = `canary-value-${request}`
          session[`canary-${'x'.repeat(20)}`] = request
          session['line\nkeepsake GET /forged\u001B[31m'] = request
          session.flash('note', 'canary-flash')
          hidden.push(session.id, Buffer.from(session.id, 'base64url').toString('hex'))
        })
        hidden.push(present(browser.cookie).split('=')[1] ?? '')
      }
      browser.cookie = `${browser.cookie}x; other=canary`
      await browser.visit(`GET ${path}`, (session) => session['n'])
      await browser.visit('GET /a?token=canary#canary', (session) => session['n'])
      await browser.visit('GET /a\nb\u001B[31m', (session) => session['n'])
    }
    const text = printed.join('\n')
    expect(printed).toHaveLength(14)
    for (const secret of hidden) expect(text).not.toContain(secret)
    expect(text).not.toContain('canary')
    expect(text).not.toContain('\u001B')
    expect(printed.every((line) => line.startsWith('keepsake') && !line.includes('\n'))).toBe(true)
  })

  it('names only a few keys, and the number of the others', async () => {
    const browser = browserOf(logged())
    const many = Object.fromEntries(Array.from({ length: 9 }, (_, n) => [`k${n}`, n]))
    expect(await browser.visit('GET /', (session) => Object.assign(session, many))).toContain(
      'created +k0 +k1 +k2 +k3 +k4 +k5 and 3 more',
    )
  })
})

describe('Server-Timing', () => {
  it('has the duration of the session’s work, if the log is on and the session was used', async () => {
    const browser = browserOf(logged())
    await browser.visit('GET /', (session) => session['n'])
    expect(browser.headers.filter(([name]) => name === 'Server-Timing')).toEqual([
      ['Server-Timing', expect.stringMatching(/^session;dur=\d+\.\d$/)],
    ])
    await browser.visit('GET /')
    expect(browser.headers).toEqual([])
    const silent = browserOf(sessionsOf())
    await silent.visit('GET /', (session) => session['n'])
    expect(silent.headers.map(([name]) => name)).toEqual(['Vary'])
  })
})

describe('the development log', () => {
  it.each(['keepsake', 'http,keepsake', 'KEEPSAKE', 'net, keepsake ,tls', '*'])(
    'is on with NODE_DEBUG=%s',
    (value) => expect(under(value)).toBe(1),
  )

  it.each(['', 'http', 'keepsake2', 'notkeepsake'])('is off with NODE_DEBUG=%s', (value) =>
    expect(under(value)).toBe(0),
  )

  it('rejects any other value of its option at start-up', () => {
    expect(thrownBy(() => sessionsOf({ log: true as never }))).toMatchObject({ option: 'log' })
    expect(printed).toEqual([])
  })
})
