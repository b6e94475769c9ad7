import { describe, expect, it } from 'vitest'
import { SessionGoneError } from '../../src/base/errors.ts'
import { type AnySession, EVERYWHERE, IN_ROWS, rowOf } from '../row-support.ts'
import { begin, cookieAfter, dataOf, dataOn, present, rejection, request } from '../store-support.ts'
import { thrownBy } from '../support.ts'

/** The steps of Passport 0.7 at a login. `visit` returns the current session, like `req.session`. */
function passportLogin(visit: { readonly session: AnySession }, user: string): Promise<void> {
  return new Promise((resolve, reject) => {
    visit.session.regenerate((error) => {
      if (error !== undefined) return reject(error)
      visit.session['passport'] = { user }
      void visit.session.save((failure) => (failure === undefined ? resolve() : reject(failure)))
    })
  })
}

describe.each(EVERYWHERE)('regenerate with a callback, of a session %s', (_, place) => {
  it('keeps no data of the old one, and invalidates its cookie if that is recorded', async () => {
    const { sessions, data, world } = place()
    const old = await begin(sessions, { ...data, address: 'here' })
    world.at += 1
    const visit = await sessions.open(old)
    await passportLogin(visit, 'ada')
    const cookie = present(cookieAfter(await visit.close(), undefined))
    expect(cookie).not.toBe(old)
    expect(await dataOf(sessions, cookie)).toEqual({ passport: { user: 'ada' } })
  })

  it('logs the subject out, with the label, and ends "remember me"', async () => {
    const { sessions, data } = place()
    const old = await begin(sessions, { ...data, a: 1 }, 'ada')
    const cookie = await request(sessions, old, (session) => {
      session.permanent = true
      session.regenerate(() => undefined)
      session['b'] = 2
    })
    const { session } = await sessions.open(cookie)
    expect([session.subject, session.label, session.permanent, dataOn(session)]).toEqual([
      undefined,
      undefined,
      false,
      { b: 2 },
    ])
  })

  it('ends the session, with its cookie, if nothing is written afterwards', async () => {
    const { sessions, data } = place()
    const old = await begin(sessions, { ...data, a: 1 }, 'ada')
    const visit = await sessions.open(old)
    visit.session.regenerate(() => undefined)
    expect(visit.session.explain().closes).toBe('destroyed')
    expect((await visit.close()).some(([, value]) => value.includes('; Max-Age=0;'))).toBe(true)
  })

  it('keeps only the flash messages of this request', async () => {
    const { sessions, data } = place()
    const old = await request(sessions, await begin(sessions, { ...data, a: 1 }), (session) => {
      session.flash('info', 'of before')
    })
    const cookie = await request(sessions, old, (session) => {
      session.flash('info', 'of now')
      session.regenerate(() => undefined)
    })
    expect((await sessions.open(cookie)).session.flash('info')).toEqual(['of now'])
  })

  it('creates a new object, and the previous one still shows its data, to copy from', async () => {
    const { sessions, data } = place()
    const visit = await sessions.open(await begin(sessions, { ...data, cart: [1] }))
    const before = visit.session
    before.regenerate(() => undefined)
    expect(visit.session).not.toBe(before)
    expect([dataOn(visit.session), before['cart']]).toEqual([{}, [1]])
    const seen: string[] = []
    // As Passport's `keepSessionInfo` copies.
    for (const key in before) seen.push(key)
    expect(seen).toEqual(Object.keys({ ...data, cart: [1] }))
  })

  it('makes the previous object forward calls, and reject changes that would be lost', async () => {
    const { sessions, data } = place()
    const visit = await sessions.open(await begin(sessions, { ...data, a: 1 }))
    const before = visit.session
    before.regenerate(() => undefined)
    Object.assign(before, { b: 2, c: 3 })
    before.login('ada', { keep: ['b'] })
    await before.save()
    expect(thrownBy(() => (before['a'] = 3))).toBeInstanceOf(TypeError)
    expect(thrownBy(() => Object.assign(before, { id: 3 }))).toMatchObject({
      message: expect.stringContaining("'id' is a session control") as unknown,
    })
    expect([before.id, before.subject]).toEqual([visit.session.id, 'ada'])
    const cookie = present(cookieAfter(await visit.close(), undefined))
    expect(await dataOf(sessions, cookie)).toEqual({ b: 2 })
  })
})

describe.each(EVERYWHERE)('regenerate without a callback, of a session %s', (_, place) => {
  it('keeps only the named keys of the data, with the subject and the messages', async () => {
    const { sessions, data } = place()
    const old = await begin(sessions, { ...data, cart: [1], address: 'here' }, 'ada')
    const cookie = await request(sessions, old, (session) => {
      session.flash('info', 'on we go')
      session.regenerate({ keep: ['cart', ...Object.keys(data)] })
    })
    expect(cookie).not.toBe(old)
    const { session } = await sessions.open(cookie)
    expect([session.subject, dataOn(session)]).toEqual(['ada', { ...data, cart: [1] }])
    expect(session.flash('info')).toEqual(['on we go'])
  })

  it.each([undefined, {}, { keep: undefined }])('keeps all data with %s', async (options) => {
    const { sessions, data } = place()
    const old = await begin(sessions, { ...data, cart: [1] })
    const cookie = await request(sessions, old, (session) => session.regenerate(options))
    expect(cookie).not.toBe(old)
    expect(await dataOf(sessions, cookie)).toEqual({ ...data, cart: [1] })
  })

  it.each([{ keep: 'cart' }, { keep: [1] }, { kept: [] }, null, 'cart', 1])(
    'rejects %j, and changes nothing',
    async (options) => {
      const { sessions, data } = place()
      const { session } = await sessions.open(await begin(sessions, { ...data, cart: [1] }))
      const { id } = session
      expect(thrownBy(() => session.regenerate(options as never))).toMatchObject({
        name: 'TypeError',
        message: expect.stringMatching(/^session\.regenerate: /) as unknown,
      })
      expect([session.id, dataOn(session)]).toEqual([id, { ...data, cart: [1] }])
    },
  )
})

describe.each(IN_ROWS)('regenerate with a callback during other requests, of a session %s', (_, place) => {
  it('by a double click gives both a valid cookie, each with its own user and no data of the other', async () => {
    const { sessions, data } = place()
    const cookie = await begin(sessions, { ...data, guest: 1 })
    const visits = await Promise.all([sessions.open(cookie), sessions.open(cookie)])
    const cookies: (string | undefined)[] = []
    for (const [index, visit] of visits.entries()) {
      await passportLogin(visit, `user ${index}`)
      visit.session[`address ${index}`] = 'secret'
      cookies.push(cookieAfter(await visit.close(), undefined))
    }
    for (const [index, own] of cookies.entries())
      expect(await dataOf(sessions, present(own))).toEqual({
        passport: { user: `user ${index}` },
        [`address ${index}`]: 'secret',
      })
  })

  it('takes over nothing that a request with the planted cookie writes before or after it, in the same second', async () => {
    const { sessions, data, world } = place()
    const planted = await begin(sessions, { ...data, guest: 1 })
    const [early, login, late] = [
      await sessions.open(planted),
      await sessions.open(planted),
      await sessions.open(planted),
    ]
    early.session['early'] = 'planted'
    await early.close()
    await passportLogin(login, 'ada')
    const cookie = present(cookieAfter(await login.close(), undefined))
    const row = rowOf(world, cookie)
    late.session['passport'] = { user: 'mallory' }
    expect(await rejection(late.close())).toBeInstanceOf(SessionGoneError)
    expect(rowOf(world, cookie)).toBe(row)
    expect(await dataOf(sessions, cookie)).toEqual({ passport: { user: 'ada' } })
  })

  it('succeeds even if another login has superseded the cookie a moment ago', async () => {
    const { sessions, data } = place()
    const old = await begin(sessions, { ...data, guest: 1 })
    const first = await sessions.open(old)
    await passportLogin(first, 'ada')
    await first.close()
    const second = await sessions.open(old)
    expect(second.session.explain().opened).toBe('superseded')
    await passportLogin(second, 'ada')
    const cookie = present(cookieAfter(await second.close(), undefined))
    expect(await dataOf(sessions, cookie)).toEqual({ passport: { user: 'ada' } })
  })

  it('succeeds even if another request has ended the session', async () => {
    const { sessions, data } = place()
    const old = await begin(sessions, { ...data, a: 1 }, 'ada')
    const visit = await sessions.open(old)
    await request(sessions, old, (session) => session.logout())
    await passportLogin(visit, 'ada')
    const cookie = present(cookieAfter(await visit.close(), undefined))
    expect(await dataOf(sessions, cookie)).toEqual({ passport: { user: 'ada' } })
  })
})

describe.each(EVERYWHERE)('an end of a session %s', (_, place) => {
  it('during a save after an earlier end also ends the session being saved', async () => {
    const { sessions, data } = place()
    const visit = await sessions.open(await begin(sessions, { ...data, a: 1 }))
    visit.session.destroy()
    visit.session['b'] = 2
    const saving = visit.session.save()
    visit.session.destroy()
    await saving
    expect(visit.session.explain().closes).toBe('destroyed')
  })
})
