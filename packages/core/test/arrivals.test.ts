import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { DataOptions } from '../src/sessions/options.ts'
import { ADA, type ForeignOptions, foreignLibrary, type Old, sessionOf, UNTIL } from './arrivals-support.ts'
import { createJarBrowser, MODES } from './former-cookies-support.ts'
import type { AnySession } from './row-support.ts'
import { BEGIN, createWorld, dataOn, eventsOf, secretNamed } from './store-support.ts'

/* How sessions of another library are converted, in each mode of ours. */

const look = (session: AnySession): unknown => [session.subject, dataOn(session)]
const nothing = [undefined, {}]
const IDLE = 3600

/** Sessions that take over those of another library, and a browser that has one. */
function moved(
  modeOf: (typeof MODES)[number][1],
  old: Old = ADA,
  options: ForeignOptions & Partial<DataOptions<Record<string, unknown>>> = {},
) {
  const { schema, ...foreign } = options
  const data: object = { schema }
  const world = createWorld()
  const library = foreignLibrary(foreign)
  const sessions = world.another({ ...modeOf(world), arrivals: [library], ...data })
  const browser = createJarBrowser()
  const give = (cookie: string): void => browser.take([['Set-Cookie', `${cookie}; Path=/`]])
  give(library.cookieFor(old))
  const names = (): string[] => browser.cookies().map((cookie) => cookie.slice(0, cookie.indexOf('=')))
  return { world, library, sessions, browser, give, names }
}

describe.each(MODES)('a session of another library, with ours %s,', (_, modeOf) => {
  it('arrives with the first response whose handler uses it, which expires the foreign cookie', async () => {
    const { library, sessions, browser, names } = moved(modeOf)
    const events = await eventsOf(async () => {
      expect(await browser.visit(sessions, look)).toEqual(['ada', { cart: ['book'] }])
    })
    expect(events).toEqual([
      'session_arrived arrived',
      'session_opened arrived',
      'session_renewed moved_over',
    ])
    expect(names()).toEqual([sessions.cookie.name])
    const { reads } = library
    expect(await browser.visit(sessions, look)).toEqual(['ada', { cart: ['book'] }])
    expect(library.reads).toBe(reads)
  })

  it('is not read if the request has a valid session of ours', async () => {
    const { library, sessions, browser, give, names } = moved(modeOf)
    await browser.visit(sessions, look)
    const { reads } = library
    give(library.cookieFor({ user: 'eve' }))
    await browser.visit(sessions, (session) => {
      expect(session.subject).toBe('ada')
      session['n'] = 1
    })
    expect(library.reads).toBe(reads)
    // The foreign cookie is deleted with the next response that sets our cookie.
    if (sessions.mode === 'cookie') expect(names()).toEqual([sessions.cookie.name])
  })

  it('is not read if the request has a cookie of ours that another server may accept', async () => {
    const { world, library, sessions, browser } = moved(modeOf)
    const elsewhere = world.another({ ...modeOf(world), secrets: [secretNamed('of another server')] })
    await browser.visit(elsewhere, (session) => session.login('eve'))
    const reason = await browser.visit(sessions, (session) => session.explain().opened)
    expect([reason, library.reads]).toEqual(['unknown_key', 0])
  })

  it('can be changed by the request in which it arrives', async () => {
    const { sessions, browser } = moved(modeOf)
    await browser.visit(sessions, (session) => {
      session['n'] = 1
    })
    expect(await browser.visit(sessions, look)).toEqual(['ada', { cart: ['book'], n: 1 }])
  })

  it('keeps its start time, from which the limits count', async () => {
    const { world, sessions, browser } = moved(modeOf, { ...ADA, beganAt: BEGIN - 86_000 })
    const createdAt = await browser.visit(sessions, (session) => session.createdAt.getTime())
    expect(createdAt).toBe((BEGIN - 86_000) * 1000)
    world.at = BEGIN + 400
    expect(await browser.visit(sessions, look)).toEqual(nothing)
  })

  it('with a start time in the future begins now', async () => {
    const { sessions, browser } = moved(modeOf, { ...ADA, beganAt: BEGIN + 500 })
    const createdAt = await browser.visit(sessions, (session) => session.createdAt.getTime())
    expect(createdAt).toBe(BEGIN * 1000)
  })

  it('is permanent if it was permanent before', async () => {
    const { sessions, browser } = moved(modeOf, { ...ADA, permanent: true })
    expect(await browser.visit(sessions, (session) => session.permanent)).toBe(true)
    expect(await browser.visit(sessions, (session) => session.permanent)).toBe(true)
  })

  it('keeps its flash messages', async () => {
    const { sessions, browser } = moved(modeOf, { ...ADA, flash: [['info', 'Saved']] })
    const messages = await browser.visit(sessions, (session) => session.flash('info'))
    expect(messages).toEqual(['Saved'])
    expect(await browser.visit(sessions, (session) => session.flash('info'))).toEqual([])
  })

  it('drops keys with the name of a control, with an event', async () => {
    const { sessions, browser } = moved(modeOf, { data: { id: 'mine', save: 1, kept: 2 } })
    const events = await eventsOf(async () => {
      expect(await browser.visit(sessions, look)).toEqual([undefined, { kept: 2 }])
    })
    expect(events.filter((event) => event.startsWith('session_key_dropped'))).toHaveLength(1)
  })

  it('keeps its foreign cookie with leave: false, until a logout', async () => {
    const { sessions, browser, names } = moved(modeOf, ADA, { leave: false })
    await browser.visit(sessions, look)
    expect(names().toSorted()).toEqual([sessions.cookie.name, 'old'].toSorted())
    await browser.visit(sessions, (session) => session.logout())
    expect(names()).toEqual([])
  })

  it('is ended by a logout in the request in which it arrives', async () => {
    const { sessions, browser, names } = moved(modeOf)
    await browser.visit(sessions, (session) => session.logout())
    expect(names()).toEqual([])
  })

  it('does not arrive if no handler uses it', async () => {
    const { sessions, browser, names } = moved(modeOf)
    const visit = await sessions.open(browser.cookies().join('; '))
    browser.take(await visit.close())
    expect(names()).toEqual(['old'])
    expect(await browser.visit(sessions, look)).toEqual(['ada', { cart: ['book'] }])
  })

  it('does not arrive through a peek', async () => {
    const { library, sessions, browser } = moved(modeOf)
    expect(await sessions.peek(browser.cookies().join('; '))).toBeUndefined()
    expect(library.reads).toBe(0)
  })

  it.each([
    ['forged', undefined, {}],
    ['expired', { ...ADA, beganAt: BEGIN - 86_400 }, {}],
    ['empty', {}, {}],
    ['unkeepable', { data: { deep: JSON.parse('['.repeat(40) + ']'.repeat(40)) as unknown } }, {}],
    ['too_large', ADA, { open: () => sessionOf({ data: { much: 'x'.repeat(70_000) } }) }],
    ['unknown', ADA, { open: async () => ({ refused: 'unknown' }) }],
    ['unfit', ADA, { schema: z.object({ n: z.number() }) }],
  ] as const)('is rejected as %s, and an event says why', async (reason, old, options) => {
    const { library, sessions } = moved(modeOf, old, options as ForeignOptions)
    const cookie = old === undefined ? 'old=e30.AAAA' : library.cookieFor(old)
    const events = await eventsOf(async () => {
      const visit = await sessions.open(cookie)
      expect(look(visit.session)).toEqual(nothing)
      await visit.close()
    })
    expect(events).toEqual([`arrival_refused ${reason}`])
  })

  it('does not arrive after `until`', async () => {
    const { world, library, sessions, browser } = moved(modeOf)
    world.at = UNTIL
    expect(await browser.visit(sessions, look)).toEqual(nothing)
    expect(library.reads).toBe(0)
  })

  it('makes the request fail if the other library’s store fails', async () => {
    const { sessions, browser } = moved(modeOf, ADA, { open: async () => Promise.reject(new Error('down')) })
    await expect(browser.visit(sessions, look)).rejects.toThrow('down')
  })

  it('expires by the idle limit like any other', async () => {
    const { world, sessions, browser } = moved(modeOf)
    await browser.visit(sessions, look)
    world.at += IDLE
    expect(await browser.visit(sessions, look)).toEqual(nothing)
  })
})
