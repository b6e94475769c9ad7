import { describe, expect, it } from 'vitest'
import { MODE_NAMES, MODES } from './support/app.ts'
import { challengeFor, challengeIn, createSigner, idIn, refresh, register } from './support/posts.ts'
import { listen, ORIGIN, setStage } from './support/stage.ts'

const FOREIGN = 'bound_failed: foreign_challenge'

describe.each(MODE_NAMES)('for a bound session %s', (mode) => {
  it('neither the device cookie nor the challenge of the login is a valid challenge for a refresh', async () => {
    const browser = setStage(MODES[mode]()).browser.thief()
    const signer = await createSigner()
    const ofLogin = challengeIn(await browser.request('/login/ada'))
    const id = idIn(await register(browser, await signer.registration(ofLogin)))
    const events = listen()
    const device = browser.jar.cookies(ORIGIN).find(({ name }) => name.endsWith('-device'))
    for (const challenge of [device?.value ?? '', ofLogin])
      expect((await refresh(browser, id, await signer.proof(challenge))).status).toBe(403)
    expect(events).toEqual([FOREIGN, FOREIGN])
  })

  it('neither the device cookie nor the challenge for its refresh can register a key for the next login', async () => {
    const browser = setStage(MODES[mode]()).browser.thief()
    const signer = await createSigner()
    const login = await browser.request('/login/ada')
    const id = idIn(await register(browser, await signer.registration(challengeIn(login))))
    const forRefresh = await challengeFor(browser, id)
    const device = browser.jar.cookies(ORIGIN).find(({ name }) => name.endsWith('-device'))
    await browser.request('/login/bob')
    const events = listen()
    for (const challenge of [device?.value ?? '', forRefresh])
      expect((await register(browser, await signer.registration(challenge))).status).toBe(400)
    expect(events).toEqual([FOREIGN, FOREIGN])
  })

  it('the challenge of an earlier login of the same user cannot register a key', async () => {
    const { browser, wait } = setStage(MODES[mode]())
    const plain = browser.thief()
    const signer = await createSigner()
    const earlier = challengeIn(await plain.request('/login/ada'))
    await plain.request('/logout')
    wait(60)
    const challenge = challengeIn(await plain.request('/login/ada'))
    const events = listen()
    expect((await register(plain, await signer.registration(earlier))).status).toBe(400)
    expect(events).toEqual([FOREIGN])
    expect((await register(plain, await signer.registration(challenge))).status).toBe(200)
  })
})
