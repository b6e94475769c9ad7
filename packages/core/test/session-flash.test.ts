import { describe, expect, it } from 'vitest'
import { SessionGoneError } from '../src/base/errors.ts'
import type { Session } from '../src/session/session.ts'
import type { Visit } from '../src/sessions/sessions.ts'
import {
  begin,
  cookieAfter,
  cookieLine,
  createGate,
  createOverflowingWorld,
  createWorld,
  eventsOf,
  rejection,
  request,
} from './store-support.ts'
import { createBrowser, sessionsOf } from './support.ts'

type Data = Record<string, unknown>

/** Two processes with sessions in the same place. */
const PLACES = {
  'one process': () => {
    const { sessions } = createWorld()
    return [sessions, sessions] as const
  },
  'two processes': () => {
    const { sessions, another } = createWorld()
    return [sessions, another()] as const
  },
  'two processes, behind the cookie': () => {
    const { sessions, another } = createOverflowingWorld()
    return [sessions, another()] as const
  },
}
const closing = async (visit: Visit<Data>): Promise<unknown> => visit.close()
const LARGE = { large: 'x'.repeat(5000) }

const browse = () => createBrowser(sessionsOf())

describe('flash messages', () => {
  it('are kept for the next request that reads them, and then removed', async () => {
    const browser = browse()
    await browser.visit((session) => session.flash('info', 'Saved'))
    await browser.visit((session) => void session.id)
    await browser.visit((session) => {
      expect(session.isNew).toBe(false)
      expect(session.flash('info')).toEqual(['Saved'])
      expect(session.flash('info')).toEqual([])
    })
    expect(browser.cookie).toBeUndefined()
  })

  it('are returned by category, oldest first, or all together', async () => {
    const browser = browse()
    await browser.visit((session) => {
      session.flash('info', 'one')
      session.flash('error', 'two')
      session.flash('info', 'three')
      session.flash('note', 'four')
    })
    await browser.visit((session) => expect(session.flash('info')).toEqual(['one', 'three']))
    await browser.visit((session) => {
      session.flash('info', 'five')
      expect(session.flash()).toEqual([
        { category: 'error', message: 'two' },
        { category: 'note', message: 'four' },
        { category: 'info', message: 'five' },
      ])
    })
    expect(browser.cookie).toBeUndefined()
  })

  it('can be read by the same request, which then saves nothing', async () => {
    const browser = browse()
    await browser.visit((session) => {
      session.flash('info', 'Saved')
      expect(session.flash('info')).toEqual(['Saved'])
      expect(session.isChanged).toBe(false)
    })
    expect(browser.cookie).toBeUndefined()
  })

  it('are not data', async () => {
    const browser = browse()
    await browser.visit((session) => session.flash('info', 'Saved'))
    await browser.ask((session) => {
      expect(JSON.stringify(session)).toBe('{}')
      session.clear()
      expect(session.explain().closes).toBe('unchanged')
    })
  })

  it('may be any text, in any category', async () => {
    const browser = browse()
    const texts = ['', '"$', '{"$date":0}', '\u{1F36A}', 'a\nb']
    await browser.visit((session) => {
      for (const text of texts) session.flash('$', text)
      session.flash('__proto__', 'x')
    })
    await browser.visit((session) => {
      expect(session.flash('$')).toEqual(texts)
      expect(session.flash('__proto__')).toEqual(['x'])
    })
  })

  it.each<[string, (session: Session) => unknown, string]>([
    ['no text', (session) => session.flash('info', 7 as unknown as string), 'a message as text'],
    ['undefined', (session) => session.flash('info', undefined as unknown as string), 'a message as text'],
    ['a list', (session) => session.flash('info', ['a'] as unknown as string), 'a message as text'],
    ['no category', (session) => session.flash(undefined as unknown as string), 'a category as text'],
    ['an empty category', (session) => session.flash('', 'Saved'), 'a category as text'],
  ])('cannot be %s', async (_, handle, expected) => {
    const { session } = await sessionsOf().open(undefined)
    expect(() => handle(session)).toThrow(new TypeError(`session.flash: expected ${expected}`))
    expect(session.isChanged).toBe(false)
  })

  it('that are too large for a cookie are listed with its keys', async () => {
    const visit = await sessionsOf().open(undefined)
    visit.session['n'] = 1
    visit.session.flash('info', 'x'.repeat(5000))
    await expect(visit.close()).rejects.toThrow(/would take[^]*\n +\d+ {2}flash\n +\d+ {2}n$/)
  })

  it('are restored by reload, and kept by regenerate', async () => {
    const browser = browse()
    await browser.visit((session) => session.flash('info', 'Saved'))
    await browser.visit(async (session) => {
      session.flash('info')
      session.flash('info', 'taken back')
      await session.reload()
      session.regenerate()
    })
    await browser.visit((session) => expect(session.flash('info')).toEqual(['Saved']))
  })
})

describe('flash messages and a login', () => {
  it.each<[string, (session: Session) => void]>([
    ['before it', (session) => (session.flash('info', 'Welcome'), session.login('alice'))],
    ['after it', (session) => (session.login('alice'), session.flash('info', 'Welcome'))],
    [
      'after a logout',
      (session) => (session.logout(), session.login('alice'), session.flash('info', 'Welcome')),
    ],
  ])('in one request are shown on the next page: %s', async (_, handle) => {
    for (const sessions of [sessionsOf(), createWorld().sessions]) {
      const browser = createBrowser(sessions)
      await browser.visit((session) => (session['n'] = 1))
      await browser.visit(handle)
      await browser.visit((session) => {
        expect([session.subject, session.flash('info')]).toEqual(['alice', ['Welcome']])
      })
    }
  })

  it('are kept when an anonymous visitor logs in, or the same subject again', async () => {
    const browser = createBrowser(sessionsOf())
    await browser.visit((session) => session.flash('info', 'Please log in'))
    await browser.visit((session) => session.login('alice'))
    await browser.visit((session) => session.login('alice'))
    await browser.visit((session) => expect(session.flash('info')).toEqual(['Please log in']))
  })

  it('of another subject are not shown to the next one', async () => {
    const browser = createBrowser(sessionsOf())
    await browser.visit((session) => (session.login('alice'), session.flash('info', 'Your card ends in 42')))
    await browser.visit((session) => (session.flash('info', 'Hello'), session.login('bob')))
    await browser.visit((session) => expect(session.flash('info')).toEqual(['Hello']))
  })

  it('do not survive the end, and later ones belong to a new session', async () => {
    for (const sessions of [sessionsOf(), createWorld().sessions]) {
      const browser = createBrowser(sessions)
      await browser.visit((session) => (session.login('alice'), session.flash('info', 'old')))
      const { cookie } = browser
      await browser.visit((session) => {
        session.flash('info', 'before')
        session.logout()
        session.flash('info', 'Bye')
        expect(session.explain().closes).toBe('replaced')
      })
      await browser.visit((session) => {
        expect([session.subject, session.flash('info')]).toEqual([undefined, ['Bye']])
      })
      if (sessions.mode === 'store') expect((await sessions.open(cookie)).session.isNew).toBe(true)
    }
  })
})

async function openTwice(
  [first, second]: readonly [ReturnType<typeof sessionsOf>, ReturnType<typeof sessionsOf>],
  leave: (session: Session) => unknown,
): Promise<{ cookie: string | undefined; mine: Visit<Data>; theirs: Visit<Data> }> {
  const cookie = await request(first, undefined, leave)
  return { cookie, theirs: await first.open(cookie), mine: await second.open(cookie) }
}

describe.each(Object.entries(PLACES))('a flash message and two requests of %s', (place, sessionsIn) => {
  const base = place.includes('behind') ? LARGE : {}
  const leave = (session: Session): void => {
    Object.assign(session, base)
    session.flash('info', 'Saved')
  }

  it('is shown by both if both have taken it, and by no later request', async () => {
    const [first, second] = sessionsIn()
    const { mine, theirs, cookie } = await openTwice([first, second], leave)
    expect(theirs.session.flash('info')).toEqual(['Saved'])
    expect(mine.session.flash('info')).toEqual(['Saved'])
    const after = cookieAfter(await theirs.close(), cookie)
    const events = await eventsOf(async () => mine.close())
    expect(events.filter((event) => event.startsWith('session_conflict'))).toEqual([])
    expect((await first.open(after)).session.flash()).toEqual([])
  })

  it('is gone after many simultaneous requests have shown it', async () => {
    const [first, second] = sessionsIn()
    const cookie = await request(first, undefined, (session) => {
      leave(session)
      session['n'] = 1
    })
    const visits = await Promise.all(
      Array.from({ length: 8 }, async (_, at) => (at % 2 === 0 ? first : second).open(cookie)),
    )
    for (const visit of visits) expect(visit.session.flash()).toHaveLength(1)
    await Promise.all(visits.map(closing))
    const { session } = await first.open(cookie)
    expect([session['n'], session.flash()]).toEqual([1, []])
  })

  it.each<[string, (session: Session) => unknown, Partial<Data & { subject: string }>]>([
    ['changes the data', (session) => (session['n'] = 1), { n: 1 }],
    ['regenerates', (session) => session.regenerate(), {}],
    ['logs in', (session) => session.login('alice'), { subject: 'alice' }],
    ['updates', (session) => session.update((data: Data) => (data['n'] = 1)), { n: 1 }],
  ])('does not affect the later request’s other changes: it %s', async (_, handle, expected) => {
    const [first, second] = sessionsIn()
    const { mine, theirs, cookie } = await openTwice([first, second], (session) => {
      leave(session)
      session['kept'] = 1
    })
    theirs.session.flash('info')
    await theirs.close()
    await handle(mine.session)
    expect(mine.session.flash('info')).toEqual(['Saved'])
    const after = cookieAfter(await mine.close(), cookie)
    const { session } = await first.open(after)
    expect(session).toMatchObject(expected)
    expect(session.flash()).toEqual([])
  })

  it('is kept together with another request’s', async () => {
    const [first, second] = sessionsIn()
    const { mine, theirs, cookie } = await openTwice([first, second], leave)
    theirs.session.flash('info', 'theirs')
    mine.session.flash('info', 'mine')
    await theirs.close()
    await mine.close()
    await request(first, cookie, (session) =>
      expect(session.flash('info')).toEqual(['Saved', 'theirs', 'mine']),
    )
  })

  it('is taken by one while another request writes', async () => {
    const [first, second] = sessionsIn()
    const { mine, theirs, cookie } = await openTwice([first, second], leave)
    theirs.session.flash('info')
    theirs.session['kept'] = true
    mine.session['n'] = 1
    await theirs.close()
    await mine.close()
    const { session } = await first.open(cookie)
    expect(session.flash()).toEqual([])
    expect(session).toMatchObject({ n: 1, kept: true })
  })

  it('added by one is not lost when others take earlier ones', async () => {
    const [first, second] = sessionsIn()
    const { mine, theirs, cookie } = await openTwice([first, second], (session) => {
      leave(session)
      session['n'] = 1
    })
    theirs.session.flash('info')
    mine.session.flash('info', 'new')
    await theirs.close()
    await mine.close()
    expect((await first.open(cookie)).session.flash('info')).toEqual(['new'])
  })
})

it('a message taken during a commit is removed by the next commit', async () => {
  const world = createWorld()
  const { mine, theirs, cookie } = await openTwice([world.sessions, world.another()], (session) => {
    session['n'] = 1
    session.flash('info', 'Saved')
  })
  theirs.session.flash('info')
  await theirs.close()
  mine.session['n'] = 2
  const gate = createGate()
  world.store.next('replace', gate.before)
  const saving = mine.session.save()
  await gate.reached
  expect(mine.session.flash('info')).toEqual(['Saved'])
  gate.open()
  await saving
  expect(cookieLine(await mine.close())).toBeUndefined()
  const { session } = await world.sessions.open(cookie)
  expect([session['n'], session.flash()]).toEqual([2, []])
})

it('a message in a session that another request has ended is not saved, and save() rejects', async () => {
  const { sessions } = createWorld()
  const cookie = await begin(sessions, { n: 1 }, 'alice')
  const slow = await sessions.open(cookie)
  slow.session['n'] = 2
  slow.session.flash('info', 'Saved')
  await request(sessions, cookie, (session) => session.logout())
  expect(await rejection(slow.session.save())).toBeInstanceOf(SessionGoneError)
  expect(cookieLine(await slow.close())).toBeUndefined()
})

it('a session that is saved shows the messages that another request has left', async () => {
  const { mine, theirs } = await openTwice(PLACES['two processes'](), (session) => (session['n'] = 1))
  theirs.session.flash('info', 'theirs')
  await theirs.close()
  mine.session['n'] = 2
  await mine.session.save()
  expect(mine.session.flash('info')).toEqual(['theirs'])
})

describe('a session that replaces one ended by another request', () => {
  it.each<[string, (session: Session) => void]>([
    ['a login of another subject', (session) => session.login('bob')],
    ['what follows an end', (session) => (session.destroy(), (session['n'] = 2))],
  ])('drops the old messages without taking them: %s', async (_, handle) => {
    const { sessions, another } = createWorld()
    const cookie = await begin(sessions, { n: 1 }, 'alice')
    await request(sessions, cookie, (session) => session.flash('info', 'for alice'))
    const visit = await another().open(cookie)
    await request(sessions, cookie, (session) => session.logout())
    handle(visit.session)
    const after = cookieAfter(await visit.close(), cookie)
    const { session } = await sessions.open(after)
    expect([session.isNew, session.flash()]).toEqual([false, []])
  })
})

describe('a login while another request', () => {
  it('leaves a message keeps it', async () => {
    const { sessions, another } = createWorld()
    const cookie = await begin(sessions, { n: 1 })
    const [login, other] = [await sessions.open(cookie), await another().open(cookie)]
    other.session.flash('info', 'Saved')
    await other.close()
    login.session.login('alice')
    const after = cookieAfter(await login.close(), cookie)
    expect((await sessions.open(after)).session.flash('info')).toEqual(['Saved'])
  })

  it('leaves a message for another subject drops it', async () => {
    const { sessions, another } = createWorld()
    const cookie = await begin(sessions, { n: 1 }, 'alice')
    const [login, other] = [await sessions.open(cookie), await another().open(cookie)]
    other.session.flash('info', 'Your card ends in 42')
    await other.close()
    login.session.login('bob')
    const after = cookieAfter(await login.close(), cookie)
    expect((await sessions.open(after)).session.flash('info')).toEqual([])
  })
})
