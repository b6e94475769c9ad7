import { memoryStore } from '@keepsake/core'
import { describe, expect, it } from 'vitest'
import { MODE_NAMES, MODES } from './support/app.ts'
import { listen, setBound, setStage, thiefOf, visit } from './support/stage.ts'

const NOBODY = { subject: null, bound: false, n: 0 }

describe.each(MODE_NAMES)('a bound session %s', (mode) => {
  it('is neither ended nor deleted by a request without the device cookie', async () => {
    const { browser, wait } = await setBound(MODES[mode]())
    const events = listen()
    wait(11)
    const cookie = browser.jar.cookieFor('https://shop.test').split('; ')[0] ?? ''
    const answer = await browser.thief().request('/', { headers: { Cookie: cookie } })
    expect(JSON.parse(answer.text)).toEqual({ ...NOBODY, opened: 'unbound' })
    expect(answer.values('set-cookie')).toEqual([])
    expect(events).toEqual(['bound_failed: unbound'])
    expect(await visit(browser)).toMatchObject({ subject: 'ada', bound: true })
  })

  it('is accepted without the device cookie for ten seconds after it was bound, for requests that were already running', async () => {
    const { browser, wait } = await setBound(MODES[mode]())
    const cookie = browser.jar.cookieFor('https://shop.test').split('; ')[0] ?? ''
    const plain = browser.thief()
    wait(10)
    expect(await visit(plain, '/', { Cookie: cookie })).toMatchObject({ subject: 'ada', bound: 'pending' })
    wait(1)
    expect(await visit(plain, '/', { Cookie: cookie })).toMatchObject({ opened: 'unbound' })
  })

  it('reports a copied cookie that its browser would have dropped, and continues', async () => {
    const { browser, wait } = await setBound(MODES[mode]())
    const events = listen()
    const thief = thiefOf(browser)
    wait(660)
    expect(await thief()).toEqual({ ...NOBODY, opened: 'unbound' })
    wait(1)
    expect(await thief()).toEqual({ ...NOBODY, opened: 'copied' })
    expect(events).toEqual(['bound_failed: unbound', 'bound_failed: copied'])
    expect(await visit(browser)).toMatchObject({ subject: 'ada', bound: true })
  })

  it('is not ended by a logout that does not come from its device', async () => {
    const { browser, wait } = await setBound(MODES[mode]())
    const thief = browser.thief()
    const cookie = thief.jar.cookieFor('https://shop.test')
    wait(600)
    const { status, values } = await thief.request('/logout', { headers: { Cookie: cookie } })
    // Without a store, the logout can only delete the cookie in the browser that requests it.
    const isOnlyCopy = mode === 'in the cookie'
    expect({ status, lines: values('set-cookie').length }).toEqual(
      isOnlyCopy ? { status: 200, lines: 1 } : { status: 409, lines: 0 },
    )
    expect(await visit(browser)).toMatchObject({ subject: 'ada', bound: true })
  })

  it('does not accept the device cookie of another session', async () => {
    const { browser, wait, sessions, clock } = await setBound(MODES[mode]())
    const { browser: other, deploy } = setStage()
    clock.at = 1_800_000_000
    deploy(sessions)
    await visit(other, '/login/ada')
    await other.settled()
    wait(11)
    const mine = browser.jar.cookieFor('https://shop.test').split('; ')[0]
    const theirs = other.jar.cookieFor('https://shop.test').split('; ')[1]
    expect(await visit(browser.thief(), '/', { Cookie: `${mine}; ${theirs}` })).toMatchObject({
      opened: 'unbound',
    })
  })
})

describe("a session with onCopied: 'end'", () => {
  it.each([
    ['in a store', () => ({ store: memoryStore() })],
    ['in the cookie, with a revocation list', () => ({ revocation: memoryStore(), revocationCache: 0 })],
  ])('ends for both thief and browser after a copied cookie: %s', async (_, place) => {
    const { browser, wait, news } = await setBound({ ...place(), deviceBound: { onCopied: 'end' } })
    const thief = thiefOf(browser)
    wait(600)
    expect(await visit(browser)).toMatchObject({ subject: 'ada', bound: true })
    wait(61)
    expect(await thief()).toEqual({ ...NOBODY, opened: 'copied' })
    expect(await visit(browser)).toMatchObject({ subject: null })
    wait(600)
    expect(await visit(browser)).toMatchObject({ subject: null })
    expect(news()).toContain('ended: continue is false')
  })

  it('does not end if the device cookie is only missing', async () => {
    const { browser, wait } = await setBound({ store: memoryStore(), deviceBound: { onCopied: 'end' } })
    const cookie = browser.jar.cookieFor('https://shop.test').split('; ')[0] ?? ''
    wait(700)
    expect(await visit(browser.thief(), '/', { Cookie: cookie })).toMatchObject({ opened: 'unbound' })
    expect(await visit(browser)).toMatchObject({ subject: 'ada', bound: true })
  })
})

describe("with require: 'always'", () => {
  const always = { deviceBound: { require: 'always' } } as const

  it.each(MODE_NAMES)('a login that is not bound within two minutes ends, with sessions %s', async (mode) => {
    const { browser, wait } = setStage({ ...MODES[mode](), ...always })
    const events = listen()
    const plain = browser.thief()
    await visit(plain, '/login/ada')
    wait(120)
    expect(await visit(plain)).toMatchObject({ subject: 'ada', bound: 'pending' })
    wait(1)
    const answer = await plain.request('/')
    expect(JSON.parse(answer.text)).toEqual({ ...NOBODY, opened: 'unbound' })
    expect(answer.values('set-cookie')[0]).toMatch(/^__Host-session=; .*Max-Age=0/)
    expect(await visit(plain)).toEqual({ ...NOBODY, opened: 'no_cookie' })
    expect(events).toEqual(['bound_failed: unbound'])
  })

  it('a login that is bound in time continues, and anonymous visitors need no key', async () => {
    const { browser, wait } = await setBound(always)
    wait(3000)
    expect(await visit(browser, '/write')).toMatchObject({ subject: 'ada', bound: true })
    const other = setStage(always)
    await visit(other.browser, '/write')
    other.wait(3000)
    expect(await visit(other.browser, '/write')).toMatchObject({ n: 2, opened: 'opened' })
  })
})
