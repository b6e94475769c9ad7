import { memoryStore, type Store, StoreBusyError } from '@keepsake/core'
import { describe, expect, it } from 'vitest'
import { MODE_NAMES, MODES, SECRET, sessionsOf } from './support/app.ts'
import { challengeFor, challengeIn, createSigner, idIn, post, refresh, register } from './support/posts.ts'
import { listen, setBound, setStage, type Stage, visit } from './support/stage.ts'

/** A session with a registered key of the test, in a client that never refreshes by itself. */
async function setOwn(options?: Parameters<typeof setStage>[0]) {
  const stage = setStage(options)
  const browser = stage.browser.thief()
  const signer = await createSigner()
  const login = await browser.request('/login/ada')
  const id = idIn(await register(browser, await signer.registration(challengeIn(login))))
  return { ...stage, browser, other: stage.browser, id, signer }
}

describe.each(MODE_NAMES)('a refresh of a session %s', (mode) => {
  it('is answered 403 with a challenge, and the proof may be sent twice', async () => {
    const { browser, id, signer } = await setOwn(MODES[mode]())
    const asked = await refresh(browser, id)
    expect(asked.status).toBe(403)
    expect(asked.values('cache-control')).toEqual(['no-store'])
    const proof = await signer.proof(await challengeFor(browser, id))
    for (let times = 0; times < 2; times++) expect((await refresh(browser, id, proof)).status).toBe(200)
  })

  it('with a challenge from five minutes ago is answered with another challenge', async () => {
    const { browser, id, signer, wait } = await setOwn(MODES[mode]())
    const proof = await signer.proof(await challengeFor(browser, id))
    wait(300)
    expect((await refresh(browser, id, proof)).status).toBe(200)
    wait(1)
    const { status, values } = await refresh(browser, id, proof)
    expect({ status, has: values('secure-session-challenge').length }).toEqual({ status: 403, has: 1 })
  })

  it('by another key, or with the challenge of the login, is rejected, with an event', async () => {
    const { browser, other, id, signer } = await setOwn(MODES[mode]())
    const events = listen()
    const challenge = await challengeFor(browser, id)
    expect((await refresh(browser, id, await (await createSigner()).proof(challenge))).status).toBe(403)
    expect((await refresh(browser, id, await (await createSigner('RS256')).proof(challenge))).status).toBe(
      403,
    )
    const ofLogin = challengeIn(await other.thief().request('/login/ada'))
    expect((await refresh(browser, id, await signer.proof(ofLogin))).status).toBe(403)
    expect(events).toEqual([
      'bound_failed: forged_proof',
      'bound_failed: forged_proof',
      'bound_failed: foreign_challenge',
    ])
  })

  it('with the id of another key ends the browser’s device-bound session, but not the session on the server', async () => {
    const { browser, id } = await setOwn(MODES[mode]())
    expect((await refresh(browser, 'another')).text).toBe('{"continue":false}')
    expect((await refresh(browser, id)).status).toBe(403)
  })

  it('succeeds after the session got a new id, and after the secrets were rotated', async () => {
    const place = MODES[mode]()
    const { browser, wait, deploy, clock, news } = await setBound(place)
    await visit(browser, '/regenerate')
    expect(await visit(browser)).toMatchObject({ subject: 'ada', bound: true })
    const next = 'the-next-secret-0123456789-abcdefghijklmnopqrstuvwxyz'
    deploy(sessionsOf(clock, { ...place, secrets: [next, SECRET] }))
    expect(await visit(browser)).toMatchObject({ subject: 'ada', bound: true })
    wait(600)
    expect(await visit(browser)).toMatchObject({ subject: 'ada', bound: true })
    expect(news()).toEqual(['refreshed'])
  })

  it('can be sent by two tabs simultaneously, and before the cookie expires', async () => {
    const { browser, wait, news } = await setBound(MODES[mode]())
    wait(300)
    await Promise.all([browser.refresh(), browser.refresh()])
    wait(500)
    expect(await Promise.all(['/', '/', '/write'].map((path) => visit(browser, path)))).toMatchObject([
      { bound: true },
      { bound: true },
      { bound: true },
    ])
    expect(new Set(news())).toEqual(new Set(['refreshed']))
  })

  it('does not extend the session', async () => {
    const { browser, wait } = await setBound(MODES[mode]())
    for (let minutes = 0; minutes < 60; minutes += 10) {
      wait(600)
      await browser.refresh()
    }
    expect(await visit(browser)).toMatchObject({ subject: null })
  })
})

/** A store that fails while the test wants it to. */
function failing(): { readonly store: Store; fails: boolean } {
  const store = memoryStore()
  const state = { fails: false, store }
  state.store = {
    ...store,
    read: (key) => (state.fails ? Promise.reject(new Error('down')) : store.read(key)),
  }
  return state
}

describe('a temporary failure does not end a device-bound session:', () => {
  it.each(['fail', 'anonymous'] as const)(
    'a failing store is answered with 503: %s',
    async (whenStoreFails) => {
      const place = failing()
      const { browser, wait, news, posts } = await setBound({ store: place.store, whenStoreFails })
      wait(600)
      place.fails = true
      await browser.request('/').catch(() => undefined)
      expect(posts.at(-1)?.status).toBe(503)
      expect(news()).toEqual(['skipped: server_error'])
      place.fails = false
      expect(await visit(browser)).toMatchObject({ subject: 'ada', bound: true })
    },
  )

  it('a registration fails while the store is busy, and the browser can retry', async () => {
    const store = memoryStore()
    let isBusy = false
    const replace: Store['replace'] = (...given) => {
      if (isBusy) throw new StoreBusyError('busy')
      return store.replace(...given)
    }
    const browser = setStage({ store: { ...store, replace } }).browser.thief()
    const proof = await (await createSigner()).registration(challengeIn(await browser.request('/login/ada')))
    isBusy = true
    expect((await register(browser, proof)).status).toBe(503)
    isBusy = false
    expect((await register(browser, proof)).status).toBe(200)
  })

  it('a cookie of a secret that this server does not have yet is answered with 503', async () => {
    const { browser, wait, deploy, clock, posts } = await setBound()
    deploy(sessionsOf(clock, { secrets: ['another-secret-0123456789-abcdefghijklmnopqrstuvwxyz'] }))
    wait(600)
    await visit(browser)
    expect(posts.at(-1)?.status).toBe(503)
    expect(browser.boundSessions).toHaveLength(1)
  })

  it('a refresh sent before the session got a new id is still answered for its key', async () => {
    const { browser, id, signer, wait } = await setOwn({ store: memoryStore() })
    const challenge = await challengeFor(browser, id)
    const cookie = browser.jar.cookieFor('https://shop.test')
    await visit(browser, '/regenerate')
    const answer = await post(browser, '/.session/refresh', {
      Cookie: cookie,
      'Sec-Secure-Session-Id': id,
      'Secure-Session-Response': await signer.proof(challenge),
    })
    expect(answer.status).toBe(200)
    wait(300)
    expect(await visit(browser)).toMatchObject({ subject: 'ada', bound: true })
  })
})

describe('a bound session', () => {
  it.each([
    ['revoked', async ({ sessions }: Stage) => sessions.revokeAll('ada')],
    ['past its time limit', async ({ wait }: Stage) => wait(86_400)],
  ])('that is %s ends for the browser’s key at its next refresh', async (_, end) => {
    const stage = await setBound({ store: memoryStore() })
    stage.wait(600)
    await end(stage)
    expect(await visit(stage.browser)).toMatchObject({ subject: null })
    expect(stage.news()).toEqual(['ended: continue is false'])
  })
})
