import { describe, expect, it } from 'vitest'
import { openVisit } from '../src/adapter.ts'
import type { DataOptions, SessionsOptions } from '../src/sessions/options.ts'
import { createSessions } from '../src/sessions/create-sessions.ts'
import { memoryStore } from '../src/store/memory-store.ts'
import { PLACES } from './schema-support.ts'
import { createBrowser, createClock, rejectionOf, SECRET, setCookie, thrownBy } from './support.ts'
import { dataOn, eventsOf } from './store-support.ts'

interface Data {
  tenant?: string
  n?: number
}

type Accept = NonNullable<DataOptions<Data>['accept']>

/** Servers over the same records, each with its own `accept`. */
function createServers(options: Partial<SessionsOptions>) {
  const clock = createClock()
  const common = { secrets: [SECRET], revocation: 'none' as const, now: clock.now, ...options }
  return { clock, with: (accept?: Accept) => createSessions<Data>({ ...common, ...(accept && { accept }) }) }
}

async function cookieOf(servers: ReturnType<typeof createServers>): Promise<string> {
  const browser = createBrowser(servers.with())
  await browser.visit((session) => {
    session.login('ada')
    session.tenant = 'one'
    session.flash('info', 'a secret')
  })
  return browser.cookie ?? ''
}

const isLazy = (options: Partial<SessionsOptions>): boolean =>
  createSessions({ secrets: [SECRET], revocation: 'none', ...options }).mode === 'cookie' &&
  options.revocation === undefined

describe.each(PLACES)('accept, with sessions %s,', (_, options) => {
  it('is called with the session of the request and its opened data', async () => {
    const servers = createServers(options())
    const asked: unknown[] = []
    const sessions = servers.with((session, request) => {
      asked.push([session.subject, session.tenant, session.isNew, request])
      return true
    })
    const cookie = await cookieOf(servers)
    const request = { headers: { cookie } }
    const { session } = await sessions.open(request)
    expect([session.subject, session.explain().opened]).toEqual(['ada', 'opened'])
    expect(asked).toEqual([['ada', 'one', false, request]])
    expect(asked.flat().at(-1)).toBe(request)
  })

  it('is called once per request, and never for a request without a session', async () => {
    const servers = createServers(options())
    let asked = 0
    const sessions = servers.with(() => ++asked > 0)
    const visit = await sessions.open(await cookieOf(servers))
    visit.session.n = 1
    await visit.session.save()
    await visit.session.reload()
    visit.session.login('bob')
    await visit.close()
    expect(asked).toBe(1)
    for (const cookie of [undefined, 'other=1', '__Host-session=made-up']) {
      const anonymous = await sessions.open(cookie)
      anonymous.session.n = 1
      await anonymous.close()
    }
    expect(asked).toBe(1)
  })

  it('that returns false ends the session: the handler gets an empty one, and the record and its cookie are deleted', async () => {
    const servers = createServers(options())
    const cookie = await cookieOf(servers)
    const browser = createBrowser(
      servers.with((session) => session.tenant === 'two'),
      cookie,
    )
    const events = await eventsOf(async () => {
      const headers = await browser.visit((session) => {
        expect([session.subject, dataOn(session), session.isNew, session.flash()]).toEqual([
          undefined,
          {},
          true,
          [],
        ])
        expect(session.explain()).toMatchObject({ opened: 'refused', closes: 'destroyed' })
      })
      expect(setCookie(headers)).toContain('Max-Age=0')
    })
    expect(events).toEqual(['session_refused refused', 'session_destroyed destroyed'])
    expect(browser.cookie).toBeUndefined()
    // A copy of the cookie opens nothing, if a store or a revocation list records the end.
    const copy = createBrowser(servers.with(), cookie)
    const opened = await copy.ask((session) => session.explain().opened)
    expect(opened).toBe(
      { 'in a store': 'ended', 'in their cookies, with a revocation list': 'revoked' }[_] ?? 'opened',
    )
  })

  it.each<[string, boolean]>([
    ['data', false],
    ['a login', true],
  ])('that returns false lets the handler begin a new session when it writes %s', async (__, isLogin) => {
    const servers = createServers(options())
    const browser = createBrowser(
      servers.with((session) => session.tenant !== 'one'),
      await cookieOf(servers),
    )
    await browser.visit((session) => {
      if (isLogin) session.login('bob', { keep: ['tenant'] })
      session.n = 1
      session.flash('info', 'mine')
      expect(session.explain()).toMatchObject({ opened: 'refused', closes: 'replaced' })
    })
    await browser.visit((session) => {
      expect([session.subject, dataOn(session), session.flash('info')]).toEqual([
        isLogin ? 'bob' : undefined,
        { n: 1 },
        ['mine'],
      ])
    })
  })

  it.each([undefined, null, 0, '', 'no', {}])(
    'that returns %j neither accepts nor ends the session, and throws',
    async (answer) => {
      const servers = createServers(options())
      const cookie = await cookieOf(servers)
      const browser = createBrowser(
        servers.with(() => answer as never),
        cookie,
      )
      for (let time = 0; time < 2; time++) {
        const error = await rejectionOf(browser.ask((session) => session.subject))
        expect(error).toBeInstanceOf(TypeError)
        expect((error as Error).message).toMatch(/^accept: expected true or false, got /)
      }
      expect(await createBrowser(servers.with(), cookie).ask((session) => session.subject)).toBe('ada')
    },
  )

  it('that throws makes each use of the session throw, and ends nothing', async () => {
    const servers = createServers(options())
    const cookie = await cookieOf(servers)
    const failure = new Error('the database is away')
    const sessions = servers.with(() => {
      throw failure
    })
    expect(await rejectionOf(createBrowser(sessions, cookie).ask((session) => session.subject))).toBe(failure)
    if (isLazy(options())) {
      const visit = await sessions.open(cookie)
      for (let time = 0; time < 3; time++) expect(thrownBy(() => visit.session)).toBe(failure)
      expect(await visit.close()).toEqual([])
    }
    expect(await createBrowser(servers.with(), cookie).ask((session) => session.subject)).toBe('ada')
  })

  it('is also called for peek, which publishes no event', async () => {
    const servers = createServers(options())
    const cookie = await cookieOf(servers)
    const events = await eventsOf(async () => {
      expect(await servers.with(() => true).peek(cookie)).toMatchObject({ subject: 'ada' })
      expect(await servers.with(() => false).peek(cookie)).toBeUndefined()
    })
    expect(events).toEqual([])
    expect(await createBrowser(servers.with(), cookie).ask((session) => session.subject)).toBe('ada')
  })

  it('does not count as use of a session that no handler uses', async () => {
    const servers = createServers({ lifetime: { idle: '1h' }, ...options() })
    const cookie = await cookieOf(servers)
    servers.clock.at += 1800
    const events = await eventsOf(async () => {
      const visit = await servers.with(() => true).open(cookie)
      expect(await visit.close()).toEqual([])
    })
    expect(events).toEqual([])
    servers.clock.at += 1800
    expect(await createBrowser(servers.with(), cookie).ask((session) => session.subject)).toBeUndefined()
  })

  it('may read the session through its request', async () => {
    const servers = createServers(options())
    const cookie = await cookieOf(servers)
    const request: { headers: { cookie: string }; visit?: { session: { subject: string | undefined } } } = {
      headers: { cookie },
    }
    const sessions = servers.with((session) => (request.visit?.session ?? session).subject === 'ada')
    const visit = await openVisit(sessions, request)
    request.visit = visit
    expect(visit.session.subject).toBe('ada')
  })
})

describe('an async accept', () => {
  it.each(PLACES.filter(([, options]) => !isLazy(options())))(
    'is waited for before the handler runs, with sessions %s',
    async (_, options) => {
      const servers = createServers(options())
      const cookie = await cookieOf(servers)
      const answers = [true, false]
      const sessions = servers.with(async (session) => {
        await new Promise(setImmediate)
        return session.subject === 'ada' && answers.shift() === true
      })
      expect((await sessions.open(cookie)).session.subject).toBe('ada')
      const visit = await sessions.open(cookie)
      expect([visit.session.subject, visit.session.explain().opened]).toEqual([undefined, 'refused'])
      expect(setCookie(await visit.close())).toContain('Max-Age=0')
    },
  )

  it('ends a session even if no handler uses it', async () => {
    const servers = createServers({ store: memoryStore(), revocation: undefined })
    const cookie = await cookieOf(servers)
    const events = await eventsOf(async () => {
      const visit = await servers.with(async () => false).open(cookie)
      expect(setCookie(await visit.close())).toContain('Max-Age=0')
    })
    expect(events).toEqual(['session_refused refused', 'session_destroyed destroyed'])
    expect(await createBrowser(servers.with(), cookie).ask((session) => session.explain().opened)).toBe(
      'ended',
    )
  })

  it('makes the request fail if it rejects, or resolves to anything but true or false', async () => {
    const servers = createServers({ store: memoryStore(), revocation: undefined })
    const cookie = await cookieOf(servers)
    const failure = new Error('the database is away')
    expect(await rejectionOf(servers.with(async () => Promise.reject(failure)).open(cookie))).toBe(failure)
    const vague = servers.with((async () => undefined) as never)
    expect(await rejectionOf(vague.open(cookie))).toEqual(
      new TypeError('accept: expected true or false, got undefined'),
    )
    expect((await servers.with(async () => true).open(cookie)).session.subject).toBe('ada')
  })

  it('throws for sessions that live in their cookies, at each use, without ending the process', async () => {
    const servers = createServers({})
    const cookie = await cookieOf(servers)
    for (const accept of [async () => true, async () => Promise.reject(new Error('later'))]) {
      const visit = await servers.with(accept).open(cookie)
      for (let time = 0; time < 2; time++)
        expect(thrownBy(() => visit.session)).toEqual(
          new TypeError(
            'accept: must return synchronously when sessions live in their cookies, but returned a promise',
          ),
        )
    }
    await new Promise(setImmediate)
  })
})

it('an accept that is not a function is rejected at start-up', () => {
  const options = { secrets: [SECRET], revocation: 'none', accept: true } as never
  expect(thrownBy(() => createSessions(options))).toMatchObject({
    option: 'accept',
    message: 'accept: expected a function, got a boolean',
  })
})
