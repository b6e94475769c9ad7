import { describe, expect, it } from 'vitest'
import type { LogoutOptions } from '../../src/session/logout.ts'
import { StoreError } from '../../src/base/errors.ts'
import { createWorld, present, rejection, request, times } from '../store-support.ts'
import { createBrowser, sessionsOf } from '../support.ts'

const CLEAR = 'Clear-Site-Data'

async function loggedIn(count: number) {
  const world = createWorld()
  const login = async (): Promise<string> =>
    present(await request(world.sessions, undefined, (session) => session.login('alice')))
  const cookies = await Promise.all(times(count, login))
  world.store.forget()
  return { ...world, cookies, mine: present(cookies[0]), login }
}

describe('a logout everywhere', () => {
  it('ends every session of the subject before the response is sent', async () => {
    const { sessions, cookies, mine } = await loggedIn(5)
    const bob = present(await request(sessions, undefined, (session) => session.login('bob')))
    expect(await request(sessions, mine, (session) => session.logout({ everywhere: true }))).toBeUndefined()
    for (const cookie of cookies) expect((await sessions.open(cookie)).session.isNew).toBe(true)
    expect((await sessions.open(bob)).session.subject).toBe('bob')
  })

  it('ends nothing before the commit, and nothing after reload()', async () => {
    const { sessions, mine, store } = await loggedIn(3)
    const visit = await sessions.open(mine)
    visit.session.logout({ everywhere: true })
    await visit.session.reload()
    await visit.close()
    expect(store.calls).toEqual(['read', 'read'])
    expect(await sessions.listFor('alice')).toHaveLength(3)
  })

  it('spares a new login in the same request', async () => {
    const { sessions, mine } = await loggedIn(3)
    const next = await request(sessions, mine, (session) => {
      session.logout({ everywhere: true })
      session.login('alice', { label: 'again' })
    })
    expect(await sessions.listFor('alice')).toMatchObject([{ label: 'again' }])
    expect((await sessions.open(next)).session.subject).toBe('alice')
  })

  it('ends the others even if its own session is gone', async () => {
    const { sessions, mine } = await loggedIn(3)
    const visit = await sessions.open(mine)
    await request(sessions, mine, (session) => session.logout())
    visit.session.logout({ everywhere: true })
    await visit.close()
    expect(await sessions.listFor('alice')).toEqual([])
  })

  it('ends the others even if its own session was never saved', async () => {
    const { sessions } = await loggedIn(3)
    await request(sessions, undefined, (session) => {
      session.login('alice')
      session.logout({ everywhere: true })
    })
    expect(await sessions.listFor('alice')).toEqual([])
  })

  it('is an error instead of a page that says "logged out" if the store fails, and can be retried (R37)', async () => {
    const { sessions, mine, store } = await loggedIn(3)
    const visit = await sessions.open(mine)
    visit.session.logout({ everywhere: true })
    // The session's own record ends, and ending one of the others fails.
    store.next('replace', (go) => go(), 'fails', 'fails')
    store.next('read', 'fails')
    expect(await rejection(visit.session.save())).toBeInstanceOf(StoreError)
    await visit.session.save()
    expect(await sessions.listFor('alice')).toEqual([])
  })

  it('is an ordinary one for an anonymous visitor', async () => {
    const { sessions, store } = await loggedIn(1)
    await request(sessions, undefined, (session) => session.logout({ everywhere: true }))
    expect(store.calls).toEqual([])
    expect(await sessions.listFor('alice')).toHaveLength(1)
  })
})

describe('Clear-Site-Data', () => {
  it.each<[LogoutOptions['clearSiteData'], string | undefined]>([
    [undefined, undefined],
    [false, undefined],
    [[], undefined],
    [true, '"cache", "cookies", "storage"'],
    [['storage'], '"storage"'],
    [['*'], '"*"'],
    [['cache', 'clientHints'], '"cache", "clientHints"'],
  ])('is sent for %j as %s, with the cookie deleted (R42)', async (clearSiteData, value) => {
    const browser = createBrowser(sessionsOf())
    await browser.visit((session) => session.login('alice'))
    const headers = new Map(await browser.visit((session) => session.logout({ clearSiteData })))
    expect(headers.get(CLEAR)).toBe(value)
    expect(headers.get('Set-Cookie')).toContain('Max-Age=0')
    expect(headers.get('Cache-Control')).toBe('no-store')
  })

  it('is sent for an anonymous visitor, or if the logout was saved before the end', async () => {
    const browser = createBrowser(sessionsOf())
    const out = { clearSiteData: true } as const
    expect(new Map(await browser.visit((session) => session.logout(out))).has(CLEAR)).toBe(true)
    await browser.visit((session) => session.login('alice'))
    const headers = await browser.visit(async (session) => {
      session.logout(out)
      await session.save()
    })
    expect(headers.filter(([name]) => name === CLEAR)).toHaveLength(1)
  })

  it('is not sent with a new session, whose cookie it would delete', async () => {
    const browser = createBrowser(sessionsOf())
    await browser.visit((session) => session.login('alice'))
    const headers = await browser.visit((session) => {
      session.logout({ clearSiteData: true })
      session.login('bob')
    })
    expect(new Map(headers).has(CLEAR)).toBe(false)
    expect(await browser.ask((session) => session.subject)).toBe('bob')
  })

  it.each<[unknown]>([['cache'], [1], [['cookie']], [['"']], [[{}]], [null]])(
    'is not %j',
    async (clearSiteData) => {
      const browser = createBrowser(sessionsOf())
      await browser.visit((session) => session.login('alice'))
      await browser.ask((session) => {
        expect(() => session.logout({ clearSiteData: clearSiteData as true })).toThrow(TypeError)
        expect(session.subject).toBe('alice')
      })
    },
  )

  it('and everywhere are the only options, and everywhere is true or false', async () => {
    const { session } = await sessionsOf().open(undefined)
    expect(() => session.logout({ everyWhere: true } as object)).toThrow(
      'session.logout: everyWhere: unknown option; known options: everywhere, clearSiteData',
    )
    expect(() => session.logout({ everywhere: 'yes' as unknown as true })).toThrow(
      'session.logout: everywhere: expected true or false',
    )
  })
})
