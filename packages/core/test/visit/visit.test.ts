import { openVisit } from '../../src/adapter.ts'
import { describe, expect, it } from 'vitest'
import { SessionClosedError } from '../../src/base/errors.ts'
import { createBrowser, present, rejectionOf, sessionsOf, setCookie, warningsOf } from '../support.ts'
import { eventsOf } from '../store-support.ts'

describe('a visit', () => {
  it('whose session was not used returns no headers, whatever the cookie', async () => {
    const sessions = sessionsOf()
    const browser = createBrowser(sessions)
    await browser.visit((session) => {
      session['user'] = 'alice'
    })
    for (const header of [undefined, 'a=b', '__Host-session=junk', browser.cookie]) {
      const visit = await openVisit(sessions, header)
      expect(await visit.close()).toEqual([])
      expect(visit.settle()).toBeUndefined()
    }
  })

  it('returns the same session each time', async () => {
    const visit = await openVisit(sessionsOf(), undefined)
    expect(visit.session).toBe(visit.session)
  })

  it('returns Vary once its session was used, even if it is empty (R69)', async () => {
    const visit = await openVisit(sessionsOf(), undefined)
    expect(Object.keys(visit.session)).toEqual([])
    expect(await visit.close()).toEqual([['Vary', 'Cookie']])
  })

  it('also returns no-store if it sets or deletes the cookie (R69)', async () => {
    const browser = createBrowser(sessionsOf())
    const set = await browser.visit((session) => {
      session['user'] = 'alice'
    })
    const clear = await browser.visit((session) => session.clear())
    for (const headers of [set, clear]) {
      expect(headers.map(([name]) => name)).toEqual(['Set-Cookie', 'Vary', 'Cache-Control'])
      expect(headers.slice(1)).toEqual([
        ['Vary', 'Cookie'],
        ['Cache-Control', 'no-store'],
      ])
    }
  })

  it('can be closed twice, with the same result', async () => {
    const visit = await openVisit(sessionsOf(), undefined)
    visit.session['user'] = 'alice'
    const headers = await visit.close()
    expect(await visit.close()).toEqual(headers)
  })

  it('is synchronous, with its headers, for a record in the cookie', () => {
    const visit = openVisit(sessionsOf(), undefined)
    expect(visit).not.toBeInstanceOf(Promise)
    if (visit instanceof Promise) return
    visit.session['user'] = 'alice'
    expect(visit.close()).toBeInstanceOf(Array)
  })
})

describe('saving', () => {
  it('commits the current data, and the response sets the cookie once', async () => {
    const browser = createBrowser(sessionsOf())
    const headers = await browser.visit(async (session) => {
      session['n'] = 1
      await session.save()
      expect([session.isChanged, session.explain().closes]).toEqual([false, 'unchanged'])
    })
    expect(headers.filter(([name]) => name === 'Set-Cookie')).toHaveLength(1)
    expect(await browser.ask((session) => session['n'])).toBe(1)
  })

  it('twice keeps the later cookie (R3)', async () => {
    const browser = createBrowser(sessionsOf())
    const headers = await browser.visit(async (session) => {
      session['n'] = 1
      await session.save()
      session['n'] = 2
      await session.save()
      session['n'] = 3
    })
    expect(headers.filter(([name]) => name === 'Set-Cookie')).toHaveLength(1)
    expect(await browser.ask((session) => session['n'])).toBe(3)
  })

  it('and then emptying leaves no cookie', async () => {
    const browser = createBrowser(sessionsOf())
    const headers = await browser.visit(async (session) => {
      session['n'] = 1
      await session.save()
      session.clear()
    })
    expect(setCookie(headers)).toContain('; Max-Age=0;')
    expect(browser.cookie).toBeUndefined()
  })

  it('an ended session and then writing begins another', async () => {
    const browser = createBrowser(sessionsOf())
    await browser.visit((session) => session.login('alice'))
    await browser.visit(async (session) => {
      session.destroy()
      await session.save()
      session['n'] = 1
    })
    expect(await browser.ask((session) => [session.subject, session['n']])).toEqual([undefined, 1])
  })

  it('after an end keeps the cookie deleted', async () => {
    const browser = createBrowser(sessionsOf())
    await browser.visit((session) => session.login('alice'))
    const headers = await browser.visit(async (session) => {
      session.destroy()
      await session.save()
    })
    expect(setCookie(headers)).toContain('; Max-Age=0;')
  })

  it('gives its headers to an error response, if a later change cannot be saved', async () => {
    const sessions = sessionsOf()
    const browser = createBrowser(sessions)
    await browser.visit((session) => session.login('alice'))
    const visit = await openVisit(sessions, browser.cookie)
    expect(visit.session.subject).toBe('alice')
    expect(visit.saved).toEqual([])
    visit.session.regenerate()
    await visit.session.save()
    const { saved } = visit
    visit.session['n'] = () => 1
    await expect(async () => visit.close()).rejects.toMatchObject({ name: 'SessionDataError' })
    expect(visit.saved).toEqual(saved)
    const cookie = present(setCookie(saved)).split(';')[0]
    expect((await openVisit(sessions, cookie)).session.subject).toBe('alice')
  })

  it('gives no headers to an error response, if nothing was saved', async () => {
    const visit = await openVisit(sessionsOf(), undefined)
    visit.session['n'] = () => 1
    await expect(async () => visit.close()).rejects.toMatchObject({ name: 'SessionDataError' })
    expect(visit.saved).toEqual([])
  })

  it('gives its headers to an error response of sessions.open too', async () => {
    const visit = await sessionsOf().open(undefined)
    visit.session['n'] = 1
    await visit.session.save()
    visit.session['n'] = () => 1
    await expect(visit.close()).rejects.toMatchObject({ name: 'SessionDataError' })
    expect(visit.saved.map(([name]) => name)).toEqual(['Set-Cookie', 'Vary', 'Cache-Control'])
  })

  it('after the visit was closed throws', async () => {
    const visit = await openVisit(sessionsOf(), undefined)
    visit.session['n'] = 1
    await visit.close()
    visit.session['n'] = 2
    expect(await rejectionOf(visit.session.save())).toBeInstanceOf(SessionClosedError)
    const errors: unknown[] = []
    await visit.session.save((error) => errors.push(error))
    expect(errors).toEqual([expect.any(SessionClosedError)])
  })

  it('a session first used after the visit was closed throws too', async () => {
    const visit = await openVisit(sessionsOf(), undefined)
    await visit.close()
    visit.session.login('alice')
    expect(await rejectionOf(visit.session.save())).toMatchObject({
      name: 'SessionClosedError',
      code: 'KEEPSAKE_SESSION_CLOSED',
    })
  })

  it('throws after a visit was settled without being used', async () => {
    const visit = await openVisit(sessionsOf(), undefined)
    await visit.close()
    visit.settle()
    expect(await rejectionOf(visit.session.save())).toBeInstanceOf(SessionClosedError)
  })
})

describe('reloading', () => {
  it('discards every change since the session was opened', async () => {
    const browser = createBrowser(sessionsOf())
    await browser.visit((session) => {
      session.login('alice')
      session['list'] = [1]
    })
    await browser.visit(async (session) => {
      const { id } = session
      ;(session['list'] as number[]).push(2)
      session['other'] = 1
      session.permanent = true
      session.login('mallory')
      await session.reload()
      expect([session.subject, session.id, session.permanent]).toEqual(['alice', id, false])
      expect(JSON.stringify(session)).toBe('{"list":[1]}')
      expect(session.isChanged).toBe(false)
    })
  })

  it('discards only changes after the last save', async () => {
    const visit = await openVisit(sessionsOf(), undefined)
    const { session } = visit
    session['n'] = 1
    await session.save()
    session['n'] = 2
    await session.reload()
    expect(session['n']).toBe(1)
  })

  it('an unsaved session empties it', async () => {
    const { session } = await openVisit(sessionsOf(), undefined)
    session.login('alice')
    session['n'] = 1
    await session.reload()
    expect([session.subject, JSON.stringify(session)]).toEqual([undefined, '{}'])
  })

  it('also discards "remember me"', async () => {
    const { session } = await openVisit(sessionsOf(), undefined)
    session.permanent = true
    await session.reload()
    session.login('alice')
    expect(session.permanent).toBe(false)
  })
})

describe('a late change', () => {
  it('causes one warning, however often it happens', async () => {
    const sessions = sessionsOf()
    const warnings = await warningsOf(async () => {
      for (let request = 0; request < 3; request++) {
        const visit = await openVisit(sessions, undefined)
        visit.session['n'] = 1
        await visit.close()
        visit.session['n'] = 2
        visit.settle()
      }
    })
    expect(warnings).toEqual(['KEEPSAKE_LATE_CHANGE'])
  })

  it('is published once for each response, although two checks and save find it', async () => {
    const events = await eventsOf(async () => {
      const visit = await openVisit(sessionsOf(), undefined)
      visit.session['n'] = 1
      await visit.close()
      visit.settle()
      visit.session['n'] = 2
      visit.settle()
      visit.settle()
      expect(await rejectionOf(visit.session.save())).toBeInstanceOf(SessionClosedError)
    })
    expect(events).toEqual(['session_created created', 'session_refused late'])
  })

  it('is detected if the session is used for the first time', async () => {
    const warnings = await warningsOf(async () => {
      const visit = await openVisit(sessionsOf(), undefined)
      await visit.close()
      visit.session['n'] = 1
      visit.settle()
    })
    expect(warnings).toEqual(['KEEPSAKE_LATE_CHANGE'])
  })

  it.each<[string, (session: Record<string, unknown>) => void]>([
    ['nothing', () => undefined],
    ['a change that is taken back', (session) => ((session['n'] = 2), (session['n'] = 1))],
  ])('is not reported for %s', async (_, handle) => {
    const warnings = await warningsOf(async () => {
      const visit = await openVisit(sessionsOf(), undefined)
      visit.session['n'] = 1
      await visit.close()
      handle(visit.session)
      visit.settle()
    })
    expect(warnings).toEqual([])
  })

  it('is not reported for a session that could not be saved', async () => {
    const warnings = await warningsOf(async () => {
      const visit = await openVisit(sessionsOf(), undefined)
      visit.session['fn'] = () => 1
      expect(() => visit.close()).toThrow('session data: fn is a function')
      visit.settle()
    })
    expect(warnings).toEqual([])
  })

  it('that cannot be saved does not make settling throw', async () => {
    const visit = await openVisit(sessionsOf(), undefined)
    visit.session['n'] = 1
    await visit.close()
    visit.session['n'] = () => 1
    expect(await warningsOf(() => visit.settle())).toEqual(['KEEPSAKE_LATE_CHANGE'])
  })
})

describe('data that cannot be saved', () => {
  it('makes closing throw with its path, and can be corrected', async () => {
    const visit = await openVisit(sessionsOf(), undefined)
    visit.session['cart'] = [{}, {}, { fn: () => 1 }]
    expect(() => visit.close()).toThrow(
      expect.objectContaining({ name: 'SessionDataError', path: 'cart[2].fn' }),
    )
    expect(visit.session.explain().closes).toBe('unkeepable')
    visit.session['cart'] = [{}]
    expect(present(setCookie(await visit.close()))).toContain('__Host-session=')
  })

  it('makes a save reject, and can be corrected', async () => {
    const { session } = await openVisit(sessionsOf(), undefined)
    session['at'] = new Date(Number.NaN)
    expect(await rejectionOf(session.save())).toMatchObject({ name: 'SessionDataError', path: 'at' })
    session['at'] = new Date(0)
    expect(await rejectionOf(session.save())).toBeUndefined()
  })
})

describe('a session that is too large for a cookie (R10)', () => {
  // 4,096 bytes, less 14 for the name, less the token's own 81 bytes, as base64.
  const MOST = Math.floor(((4096 - 14) * 3) / 4) - 81

  it('makes closing throw with its sizes, largest first, and can be corrected', async () => {
    const browser = createBrowser(sessionsOf())
    await browser.visit((session) => {
      session['user'] = 'alice'
    })
    const visit = await openVisit(sessionsOf(), browser.cookie)
    visit.session['a b'] = 'x'.repeat(10)
    visit.session['big'] = 'hush'.repeat(1000)
    const error = ((): unknown => {
      try {
        return visit.close()
      } catch (error) {
        return error
      }
    })()
    expect(error).toMatchObject({
      name: 'CookieTooLargeError',
      limit: 4096,
      sizes: [
        { key: 'big', bytes: 4008 },
        { key: 'a b', bytes: 18 },
        { key: 'user', bytes: 14 },
      ],
    })
    expect(String(error)).toContain('big')
    expect(JSON.stringify(error) + String(error)).not.toMatch(/hush|alice/)
    expect(visit.session.explain().closes).toBe('too_large')
    delete visit.session['big']
    const line = present(setCookie(await visit.close()))
    const after = createBrowser(sessionsOf(), line.slice(0, line.indexOf(';')))
    expect(await after.ask((session) => JSON.stringify(session))).toBe('{"user":"alice","a b":"xxxxxxxxxx"}')
  })

  it('is one byte larger than the maximum', async () => {
    const browser = createBrowser(sessionsOf())
    const fits = 'x'.repeat(MOST - '{"x":""}'.length)
    await browser.visit((session) => {
      session['x'] = fits
    })
    expect(present(browser.cookie).replace('=', '')).toHaveLength(4096)
    expect(await browser.ask((session) => session['x'])).toBe(fits)
    const visit = await openVisit(sessionsOf(), undefined)
    visit.session['x'] = `${fits}x`
    expect(() => visit.close()).toThrow(expect.objectContaining({ bytes: 4097, limit: 4096 }))
  })

  it('counts bytes, not characters', async () => {
    const visit = await openVisit(sessionsOf(), undefined)
    visit.session['x'] = 'ä'.repeat(MOST / 2)
    expect(() => visit.close()).toThrow(expect.objectContaining({ name: 'CookieTooLargeError' }))
  })
})
