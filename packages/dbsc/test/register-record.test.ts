import { memoryStore } from '@keepsake/core'
import { describe, expect, it } from 'vitest'
import { challengeIn, createSigner, register } from './support/posts.ts'
import { listen, setStage, thiefOf, visit } from './support/stage.ts'

describe('a registration in a store', () => {
  it('is not undone by a request that was already running and saves twice', async () => {
    const { browser, sessions, wait } = setStage({ store: memoryStore() })
    const plain = browser.thief()
    const login = await plain.request('/login/ada')
    const slow = await sessions.open(plain.jar.cookieFor('https://shop.test'))
    slow.session.n = 1
    await register(plain, await (await createSigner()).registration(challengeIn(login)))
    await slow.session.save()
    slow.session.n = 2
    await slow.close()
    wait(11)
    expect(await visit(plain)).toEqual({ subject: 'ada', bound: true, opened: 'opened', n: 2 })
  })
})

describe('the record of a registration', () => {
  it('that does not fit into the cookie is rejected, and the session is unchanged', async () => {
    const { browser } = setStage({ revocation: 'none' })
    const events = listen()
    const plain = browser.thief()
    const login = await plain.request('/login/ada')
    await visit(plain, '/fill/2900')
    expect(
      (await register(plain, await (await createSigner()).registration(challengeIn(login)))).status,
    ).toBe(409)
    expect(events).toEqual(['bound_failed: no_room'])
    expect(await visit(plain)).toMatchObject({ subject: 'ada', bound: 'pending' })
  })

  it('moves the session into the overflow store if it no longer fits into its cookie', async () => {
    const overflow = memoryStore()
    const { browser } = setStage({ overflow, revocation: 'none', overflowAbove: 60 })
    await visit(browser, '/login/ada')
    await browser.settled()
    expect(browser.jar.cookieFor('https://shop.test')).toMatch(/^__Host-session=[\w-]{64}; /)
    expect(await visit(browser)).toMatchObject({ subject: 'ada', bound: true })
  })

  it('does not bind an earlier copy of a sealed cookie, but does so with a store', async () => {
    const results = []
    for (const options of [{ revocation: 'none' as const }, { store: memoryStore() }]) {
      const { browser, wait } = setStage(options)
      await visit(browser, '/login/ada')
      const thief = thiefOf(browser)
      await browser.settled()
      wait(11)
      results.push(await thief())
    }
    expect(results).toMatchObject([
      { subject: 'ada', bound: 'pending' },
      { subject: null, opened: 'unbound' },
    ])
  })
})
