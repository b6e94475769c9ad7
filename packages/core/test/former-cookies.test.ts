import { describe, expect, it } from 'vitest'
import { SessionUnopenedError } from '../src/base/errors.ts'
import type { SessionCookieOptions } from '../src/cookie/session-cookie.ts'
import { type Change, CHANGES, createJarBrowser, MODES } from './former-cookies-support.ts'
import type { AnySession, AnySessions } from './row-support.ts'
import { createWorld, dataOf, eventsOf, present, rejection } from './store-support.ts'

/* A cookie whose name, domain, path or partition was changed: browsers continue to send the former one. */

/** Sessions before a change, and after it; `at` moves their clock. */
function changed(modeOf: (typeof MODES)[number][1], { before, after }: Pick<Change, 'before' | 'after'>) {
  const world = createWorld()
  const mode = { ...modeOf(world), revocationCache: 0 }
  const sessionsWith = (cookie: SessionCookieOptions): AnySessions => world.another({ ...mode, cookie })
  return {
    world,
    old: sessionsWith(before),
    now: sessionsWith({ ...after, previous: [before] }),
    /** The same without the former definition. */
    forgetful: sessionsWith(after),
  }
}

const login = (user: string) => (session: AnySession) => {
  session.login(user)
  session['cart'] = [user]
}
const look = (session: AnySession): unknown => [session.subject, session['cart']]
const count = (session: AnySession): void => {
  session['n'] = Number(session['n'] ?? 0) + 1
}
const nameOf = (cookie: string): string => cookie.slice(0, cookie.indexOf('='))

describe.each(MODES)('a session %s', (_, modeOf) => {
  describe.each(CHANGES)('whose cookie got $what', (change) => {
    it('gets the current cookie with the first response, which deletes the former one', async () => {
      const { old, now, forgetful } = changed(modeOf, change)
      const browser = createJarBrowser()
      await browser.visit(old, login('ada'))
      const events = await eventsOf(() =>
        browser.visit(now, (session) => expect(look(session)).toEqual(['ada', ['ada']])),
      )
      if (!change.isNamesake) expect(events.at(-1)).toBe('session_renewed moved_over')
      else await browser.visit(now, count)
      expect(browser.cookies().map(nameOf)).toEqual([now.cookie.name])
      // The session has moved, so no more cookies are set.
      const header = browser.cookies().join('; ')
      const visit = await now.open(header)
      expect(look(visit.session)).toEqual(['ada', ['ada']])
      expect((await visit.close()).map(([name]) => name)).toEqual(['Vary'])
      // A sealed session no longer needs the former definition.
      if (forgetful.mode === 'cookie') expect(await browser.visit(forgetful, look)).toEqual(['ada', ['ada']])
    })

    it('is written, renewed and logged in like any other', async () => {
      const { world, old, now } = changed(modeOf, change)
      const browser = createJarBrowser()
      await browser.visit(old, count)
      await browser.visit(now, count)
      world.at += 1800
      await browser.visit(now, (session) => session['n'])
      await browser.visit(now, (session) => session.login('ada', { keep: ['n'] }))
      await browser.visit(now, (session) => session.regenerate())
      await browser.visit(now, count)
      expect(browser.cookies().map(nameOf)).toEqual([now.cookie.name])
      expect(await browser.visit(now, (session) => [session.subject, session['n']])).toEqual(['ada', 3])
    })

    it('ends with a logout, whichever of its cookies is sent afterwards', async () => {
      const { old, now } = changed(modeOf, change)
      const browser = createJarBrowser()
      await browser.visit(old, login('ada'))
      await browser.visit(now, (session) => session.logout())
      expect(browser.cookies()).toEqual([])
    })

    it('is ignored if another session’s cookie is sent too, and the next login is clean', async () => {
      const { old, now } = changed(modeOf, change)
      const [browser, other] = [createJarBrowser(), createJarBrowser()]
      await browser.visit(old, login('eve'))
      await other.visit(now, login('ada'))
      const header = [...browser.cookies(), ...other.cookies()]
      const both = change.isNamesake ? header : [...browser.cookies(), ...(await rival(old))]
      const visit = await now.open(both.join('; '))
      expect(visit.session.explain().opened).toBe('ambiguous_cookie')
      expect(visit.session.subject).toBeUndefined()
      browser.take(await visit.close())
      expect(browser.cookies()).toEqual([])
      await browser.visit(now, login('bob'))
      expect(browser.cookies()).toHaveLength(1)
      expect(await browser.visit(now, look)).toEqual(['bob', ['bob']])
    })
  })
})

/** The cookies of another browser with another session. */
async function rival(sessions: AnySessions): Promise<readonly string[]> {
  const browser = createJarBrowser()
  await browser.visit(sessions, login('mallory'))
  return browser.cookies()
}

const [RENAMED] = CHANGES
const RENAMING = present(RENAMED)
const PARTITIONED: Pick<Change, 'before' | 'after'> = {
  before: {},
  after: { sameSite: 'none', partitioned: true },
}

describe.each(MODES)('sessions %s whose cookie was renamed', (_, modeOf) => {
  it('are read under the former name only if there is none under the current name', async () => {
    const { old, now } = changed(modeOf, RENAMING)
    const [before, after] = [createJarBrowser(), createJarBrowser()]
    await before.visit(old, login('eve'))
    await after.visit(now, login('ada'))
    for (const cookies of [
      [...before.cookies(), ...after.cookies()],
      [...after.cookies(), ...before.cookies()],
    ]) {
      const visit = await now.open(cookies.join('; '))
      expect(look(visit.session)).toEqual(['ada', ['ada']])
      const lines = (await visit.close()).filter(([name]) => name === 'Set-Cookie').map(([, line]) => line)
      expect(lines.map((line) => [nameOf(line), line.includes('Max-Age=0')])).toEqual([
        [old.cookie.name, true],
        [now.cookie.name, false],
      ])
    }
    const bad = [`${now.cookie.name}=junk`, ...before.cookies()].join('; ')
    expect(look((await now.open(bad)).session)).toEqual(['eve', ['eve']])
  })

  it('are ignored under the former name without the option', async () => {
    const { old, forgetful } = changed(modeOf, RENAMING)
    const browser = createJarBrowser()
    await browser.visit(old, login('ada'))
    expect(await browser.visit(forgetful, look)).toEqual([undefined, undefined])
  })

  it('stay one session for simultaneous requests with the former cookie', async () => {
    const { old, now } = changed(modeOf, RENAMING)
    const browser = createJarBrowser()
    await browser.visit(old, login('ada'))
    const header = browser.cookies().join('; ')
    const visits = await Promise.all([now.open(header), now.open(header), now.open(header)])
    const ids = visits.map(({ session }) => session.id)
    expect(new Set(ids).size).toBe(1)
    for (const visit of visits) browser.take(await visit.close())
    expect(browser.cookies().map(nameOf)).toEqual([now.cookie.name])
    expect(await browser.visit(now, (session) => session.id)).toBe(ids[0])
  })

  it('keep their CSRF token', async () => {
    const { old, now } = changed(modeOf, RENAMING)
    const browser = createJarBrowser()
    const token = await browser.visit(old, (session) => {
      session['n'] = 1
      return session.csrfToken()
    })
    expect(await browser.visit(now, (session) => session.verifyCsrf(token))).toBe(true)
    expect(await browser.visit(now, (session) => session.verifyCsrf(token))).toBe(true)
  })

  it('are read by peek, and their cookie counts for the guard', async () => {
    const { old, now } = changed(modeOf, RENAMING)
    const browser = createJarBrowser()
    await browser.visit(old, login('ada'))
    const header = browser.cookies().join('; ')
    expect(await now.peek(header)).toMatchObject({ subject: 'ada' })
    expect(now.cookie.readAll(header)).toHaveLength(1)
  })
})

describe.each(MODES)('sessions %s whose cookie became partitioned', (_, modeOf) => {
  it('are found in both partitions of the browser, and keep one cookie', async () => {
    const { old, now } = changed(modeOf, PARTITIONED)
    const browser = createJarBrowser()
    await browser.visit(old, login('ada'))
    const [former] = browser.cookies()
    const visit = await now.open(former)
    count(visit.session)
    const lines = (await visit.close()).filter(([name]) => name === 'Set-Cookie').map(([, line]) => line)
    const attributes = lines.map((line) => [line.includes('; Partitioned'), line.includes('Max-Age=0')])
    expect(attributes).toEqual([
      [false, true],
      [true, false],
    ])
  })
})

const kept = () => changed(() => ({}), RENAMING)

describe('sessions in a store whose cookie was renamed', () => {
  it('are listed, ended and counted with their subject’s other sessions', async () => {
    const { old, now } = kept()
    const [before, after] = [createJarBrowser(), createJarBrowser()]
    await before.visit(old, login('ada'))
    await after.visit(now, login('ada'))
    const devices = await now.listFor('ada')
    expect(devices).toHaveLength(2)
    expect(await now.revokeAll('ada')).toBe(2)
    expect(await before.visit(now, look)).toEqual([undefined, undefined])
  })

  it('open only with the current cookie after a login', async () => {
    const { old, now } = kept()
    const browser = createJarBrowser()
    await browser.visit(old, count)
    const stolen = browser.cookies().join('; ')
    await browser.visit(now, login('ada'))
    const thief = await now.open(stolen)
    expect([thief.session.subject, thief.session.explain().opened]).toEqual([undefined, 'superseded'])
    const renamed = stolen.replace(old.cookie.name, now.cookie.name)
    expect((await now.open(renamed)).session.subject).toBeUndefined()
    expect(await browser.visit(now, look)).toEqual(['ada', ['ada']])
  })

  it('keep the cookie of the faster of two requests that renew it', async () => {
    const { old, now } = kept()
    const browser = createJarBrowser()
    await browser.visit(old, count)
    const header = browser.cookies().join('; ')
    const [slow, quick] = [await now.open(header), await now.open(header)]
    count(slow.session)
    quick.session.regenerate()
    const renewed = await quick.close()
    expect((await slow.close()).map(([name]) => name)).toEqual(['Vary'])
    browser.take(renewed)
    expect(await browser.visit(now, (session) => session['n'])).toBe(2)
  })

  it('log in simultaneously, and a new row has the current key', async () => {
    const { old, now, forgetful } = kept()
    const browser = createJarBrowser()
    await browser.visit(old, count)
    const header = browser.cookies().join('; ')
    const [ada, eve] = [await now.open(header), await now.open(header)]
    login('ada')(ada.session)
    login('eve')(eve.session)
    await ada.close()
    browser.take(await eve.close())
    expect(await browser.visit(now, look)).toEqual(['eve', ['eve']])
    expect(await dataOf(forgetful, browser.cookies().join('; '))).toEqual({ cart: ['eve'] })
  })
})

describe('sealed sessions whose cookie was renamed', () => {
  it.each<[string, (sessions: AnySessions, session: AnySession) => unknown]>([
    ['logged out', (_, session) => session.logout()],
    ['revoked one by one', (sessions, session) => sessions.revoke(session.id, { subject: 'ada' })],
    ['revoked with all of their subject', (sessions) => sessions.revokeAll('ada')],
  ])('stay over if they were %s before', async (_, end) => {
    const { old, now } = changed(({ store }) => ({ store: undefined, revocation: store }), RENAMING)
    const browser = createJarBrowser()
    await browser.visit(old, login('ada'))
    const copy = browser.cookies().join('; ')
    await browser.visit(old, (session) => end(old, session))
    expect((await now.open(copy)).session.explain().opened).toBe('revoked')
  })

  it('open the newer of two tokens of one session', async () => {
    const { world, old, now } = changed(() => ({ store: undefined, revocation: 'none' }), RENAMING)
    const browser = createJarBrowser()
    await browser.visit(old, count)
    const before = browser.cookies()
    await browser.visit(now, () => undefined)
    const moved = browser.cookies()
    world.at += 1
    const later = createJarBrowser()
    const visit = await old.open(before.join('; '))
    count(visit.session)
    later.take(await visit.close())
    expect((await now.open([...moved, ...later.cookies()].join('; '))).session['n']).toBe(2)
    expect((await now.open([...moved, ...before].join('; '))).session['n']).toBe(1)
  })
})

describe('two valid sessions under definitions that are known', () => {
  const wider = present(CHANGES.find(({ isNamesake }) => isNamesake))

  it.each(MODES)(
    'are deleted with an event, and a logout deletes their cookies or is a 409: %s',
    async (name, modeOf) => {
      const { now } = changed(modeOf, wider)
      const both = [...(await rival(now)), ...(await rival(now))].join('; ')
      const events = await eventsOf(async () => (await now.open(both)).session['n'])
      expect(events).toEqual(['cookie_rejected ambiguous_cookie'])
      const visit = await now.open(both)
      visit.session.logout()
      if (name === 'in the cookie') {
        const lines = (await visit.close()).filter(([header]) => header === 'Set-Cookie')
        expect(lines).toHaveLength(2)
      } else expect(await rejection(visit.close())).toBeInstanceOf(SessionUnopenedError)
    },
  )
})
