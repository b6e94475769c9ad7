import { memoryStore } from '@keepsake/core'
import { describe, expect, it } from 'vitest'
import { challengeIn, createSigner, idIn, register } from './support/posts.ts'
import { listen, setBound, setStage, visit } from './support/stage.ts'
import { MODES } from './support/app.ts'

interface Instructions {
  readonly scope: unknown
  readonly refresh_url: string
  readonly credentials: readonly [
    { readonly type: string; readonly name: string; readonly attributes: string },
  ]
}

const IN_STORE = { store: memoryStore() }

describe('the offer to register a key', () => {
  it('is sent only by a login, with both algorithms, the path and a challenge', async () => {
    const { browser } = setStage({ deviceBound: { path: '/auth/device' } })
    const plain = browser.thief()
    const [field = ''] = (await plain.request('/login/ada')).values('secure-session-registration')
    expect(field).toMatch(/^\(ES256 RS256\);path="\/auth\/device\/register";challenge="[\w-]{40}"$/)
    for (const path of ['/', '/write', '/regenerate', '/logout'])
      expect((await plain.request(path)).values('secure-session-registration')).toEqual([])
  })

  it('is sent once if the session is saved twice, and not if the request ends with a logout', async () => {
    const { sessions } = setStage(IN_STORE)
    const { session, close } = await sessions.open('')
    session.login('ada')
    await session.save()
    session.n = 1
    const names = (await close()).map(([name]) => name)
    expect(names.filter((name) => name === 'Secure-Session-Registration')).toHaveLength(1)
    const other = await sessions.open('')
    other.session.login('ada')
    await other.session.save()
    other.session.logout()
    expect((await other.close()).map(([name]) => name)).not.toContain('Secure-Session-Registration')
  })

  it('is sent again for another subject, but not for a subject that is already bound', async () => {
    const { browser, news } = await setBound(IN_STORE)
    await browser.request('/login/ada')
    await browser.settled()
    expect(news()).toEqual([])
    expect(await visit(browser)).toMatchObject({ subject: 'ada', bound: true })
    expect(await visit(browser, '/login/bob')).toMatchObject({ subject: 'bob', bound: 'pending' })
    await browser.settled()
    expect(news()).toEqual(['registered'])
    expect(await visit(browser)).toMatchObject({ subject: 'bob', bound: true })
  })
})

const SIGNERS = [await createSigner(), await createSigner('RS256'), await createSigner('RS256', 4096)]

describe.each(['in the cookie', 'in a store'] as const)('a registration of a session %s', (mode) => {
  it('accepts keys of both algorithms, RSA up to 4,096 bits', async () => {
    for (const signer of SIGNERS) {
      const { browser } = setStage(MODES[mode]())
      const plain = browser.thief()
      const login = await plain.request('/login/ada')
      expect((await register(plain, await signer.registration(challengeIn(login)))).status).toBe(200)
      expect(await visit(plain)).toMatchObject({ subject: 'ada', bound: true })
    }
  })

  it('can be repeated with the same key, and is rejected with another key', async () => {
    const { browser } = setStage(MODES[mode]())
    const events = listen()
    const plain = browser.thief()
    const challenge = challengeIn(await plain.request('/login/ada'))
    const proof = await (await createSigner()).registration(challenge)
    const first = await register(plain, proof)
    expect(idIn(await register(plain, proof))).toBe(idIn(first))
    const { status } = await register(plain, await (await createSigner()).registration(challenge))
    expect(status).toBe(409)
    expect(await visit(plain)).toMatchObject({ subject: 'ada', bound: true })
    expect(events).toEqual([
      'bound: registered',
      'bound_refreshed: refreshed',
      'bound_failed: bound_otherwise',
    ])
  })

  it('is accepted after the session got a new id since its login', async () => {
    const { browser } = setStage(MODES[mode]())
    const plain = browser.thief()
    const challenge = challengeIn(await plain.request('/login/ada'))
    await visit(plain, '/regenerate')
    expect((await register(plain, await (await createSigner()).registration(challenge))).status).toBe(200)
    expect(await visit(plain)).toMatchObject({ subject: 'ada', bound: true })
  })

  it('is rejected later than two minutes after the login, and without the challenge of that login', async () => {
    const signer = await createSigner()
    const { browser, wait } = setStage(MODES[mode]())
    const events = listen()
    const plain = browser.thief()
    const challenge = challengeIn(await plain.request('/login/ada'))
    wait(121)
    expect((await register(plain, await signer.registration(challenge))).status).toBe(400)
    const newer = challengeIn(await plain.request('/login/bob'))
    expect((await register(plain, await signer.registration(challenge))).status).toBe(400)
    expect((await register(plain, await signer.registration(newer))).status).toBe(200)
    expect(events.slice(0, 2)).toEqual(['bound_failed: old_challenge', 'bound_failed: foreign_challenge'])
  })

  it('is rejected from a thief of the cookie, who did not get its challenge', async () => {
    const { browser } = setStage(MODES[mode]())
    const plain = browser.thief()
    const challenge = challengeIn(await plain.request('/login/ada'))
    const other = browser.thief()
    other.jar.clear()
    const own = challengeIn(await other.request('/login/eve'))
    const cookie = plain.jar.cookieFor('https://shop.test')
    const signer = await createSigner()
    const stolen = await browser.request('/.session/register', {
      method: 'POST',
      headers: { Cookie: cookie, 'Secure-Session-Response': await signer.registration(own) },
    })
    expect(stolen.status).toBe(400)
    expect((await register(plain, await signer.registration(challenge))).status).toBe(200)
  })

  it('sets a cookie with the attributes of the instructions, which a browser drops before it expires on the server', async () => {
    for (const cookie of [
      {},
      { sameSite: 'strict' },
      { sameSite: 'none' },
      { domain: 'shop.test', name: 'id' },
      { priority: 'high' },
    ] as const) {
      const { browser } = setStage({ ...MODES[mode](), cookie })
      const plain = browser.thief()
      const login = await plain.request('/login/ada')
      const answer = await register(plain, await (await createSigner()).registration(challengeIn(login)))
      const { scope, credentials, refresh_url } = JSON.parse(answer.text) as Instructions
      const [{ name, attributes, type }] = credentials
      const line = answer.values('set-cookie').find((one) => one.startsWith(`${name}=`)) ?? ''
      const [, sent = '', age = ''] = /^[^;]*; (.*); Max-Age=(\d+); Expires=/.exec(line) ?? []
      expect({ type, attributes, age }).toEqual({ type: 'cookie', attributes: sent, age: '598' })
      // A cookie of one host must not delay requests to other hosts.
      expect(scope).toEqual(
        'domain' in cookie ? { origin: 'https://shop.test', include_site: true } : { include_site: false },
      )
      expect(name).toBe('domain' in cookie ? '__Secure-id-device' : '__Host-session-device')
      expect(refresh_url).toBe('/.session/refresh')
    }
  })
})
