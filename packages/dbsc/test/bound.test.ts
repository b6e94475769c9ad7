import { describe, expect, it } from 'vitest'
import { MODE_NAMES, MODES } from './support/app.ts'
import { listen, setBound, setStage, thiefOf, visit } from './support/stage.ts'

const ADA = { subject: 'ada', n: 0 }

describe.each(MODE_NAMES)('a login with a session %s', (mode) => {
  const options = (): (typeof MODES)[typeof mode] extends () => infer O ? O : never => MODES[mode]()

  it('is pending until its browser has registered a key, and bound from then on', async () => {
    const { browser } = setStage(options())
    const events = listen()
    expect(await visit(browser, '/login/ada')).toEqual({ ...ADA, bound: 'pending', opened: 'no_cookie' })
    await browser.settled()
    expect(browser.history.map(({ type }) => type)).toEqual(['registered'])
    expect(await visit(browser)).toEqual({ ...ADA, bound: true, opened: 'opened' })
    expect(events).toEqual(['bound: registered'])
  })

  it('stays pending for two minutes in a browser without keys, and is then an ordinary unbound session', async () => {
    const { browser, wait } = setStage(options())
    const plain = browser.thief()
    expect(await visit(plain, '/login/ada')).toMatchObject({ bound: 'pending' })
    wait(120)
    expect(await visit(plain)).toMatchObject({ subject: 'ada', bound: 'pending' })
    wait(1)
    expect(await visit(plain)).toMatchObject({ subject: 'ada', bound: false, opened: 'opened' })
  })

  it('stays bound for as long as its browser refreshes the cookie', async () => {
    const { browser, wait, news } = await setBound(options())
    const events = listen()
    for (let round = 0; round < 5; round++) {
      wait(600)
      expect(await visit(browser, '/write')).toEqual({
        subject: 'ada',
        bound: true,
        opened: 'opened',
        n: round + 1,
      })
    }
    expect(news()).toEqual(Array.from({ length: 5 }, () => 'refreshed'))
    expect(events).toEqual(Array.from({ length: 5 }, () => 'bound_refreshed: refreshed'))
  })

  it('works for a thief of both cookies only until the device cookie expires', async () => {
    const { browser, wait } = await setBound(options())
    wait(60)
    const thief = thiefOf(browser)
    expect(await thief()).toMatchObject({ subject: 'ada', bound: true })
    wait(539)
    expect(await thief()).toMatchObject({ subject: 'ada', bound: true })
    wait(1)
    expect(await thief()).toEqual({ subject: null, bound: false, opened: 'unbound', n: 0 })
    wait(60)
    expect(await visit(browser)).toMatchObject({ subject: 'ada', bound: true })
  })

  it('ends at its logout for the browser’s key too, and both the session cookie and the device cookie are deleted', async () => {
    const { browser, news, posts } = await setBound(options())
    const cleared = (await browser.request('/logout')).values('set-cookie')
    expect(cleared.map((line) => line.split('=', 1)[0])).toEqual(['__Host-session', '__Host-session-device'])
    expect(await visit(browser)).toMatchObject({ subject: null, opened: 'no_cookie' })
    expect(news()).toEqual(['ended: continue is false'])
    expect(posts.at(-1)).toEqual({ path: '/.session/refresh', status: 200, body: '{"continue":false}' })
    expect(browser.boundSessions).toEqual([])
  })
})
