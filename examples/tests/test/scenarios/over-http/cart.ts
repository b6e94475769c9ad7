import { DEMO } from 'example-shop'
import { expect, test } from 'vitest'
import { type App, LOGIN_APPS, type Place } from '../apps.ts'
import { createHttpVisitor, type HttpVisitor } from '../http-visitor.ts'
import type { Server } from '../server.ts'

const COOKIE = /^__Host-session=[^;]+; Path=\/; Secure; HttpOnly; SameSite=Lax$/i

const isAtHome = async (one: HttpVisitor): Promise<boolean> => (await one.get('/account')).status === 200

/** The requirements for an app on a store that need no browser. */
export function httpScenarios(place: Place, app: App, server: () => Server): void {
  const visitor = (): HttpVisitor => createHttpVisitor(server().url)

  test(`keeps a cart in one cookie until the last book is removed${place.survives ? ', even over a restart' : ''}`, async () => {
    const ada = visitor()
    expect((await ada.get('/')).setCookie).toEqual([])
    const added = await ada.post('/cart/add', { sku: 'walden' })
    expect([added.status, added.setCookie]).toEqual([303, [expect.stringMatching(COOKIE)]])
    await ada.post('/cart/add', { sku: 'dracula' })
    if (place.survives) await server().restart()
    const { text } = await ada.get('/cart')
    expect(text).toContain('Walden')
    expect(text).toContain('Dracula')
    expect(text).toContain(app.framework)
    await ada.post('/cart/set', { sku: 'dracula', qty: '0' })
    expect((await ada.get('/cart')).text).not.toContain('Dracula')
    await ada.post('/cart/empty')
    expect(ada.cookie()).toBe('')
  })

  if (!LOGIN_APPS.some(({ name }) => name === app.name)) return
  const username = DEMO.others[LOGIN_APPS.findIndex(({ name }) => name === app.name)] ?? ''
  const login = (one: HttpVisitor, password: string = DEMO.password) =>
    one.post('/login', { username, password })

  test('keeps the cart and changes the cookie at a login, but not after a wrong password', async () => {
    const ada = visitor()
    await ada.post('/cart/add', { sku: 'walden' })
    const before = ada.cookie()
    const refused = await login(ada, 'difference-engine')
    expect(refused.text).toContain('No account')
    expect(await isAtHome(ada)).toBe(false)
    expect((await login(ada)).status).toBe(303)
    expect(ada.cookie()).not.toBe(before)
    expect((await ada.get('/account')).text).toContain(`Hello, ${username}`)
    expect((await ada.get('/cart')).text).toContain('Walden')
  })

  test('ends a session at its logout, and the user’s other sessions on request', async () => {
    const [ada, elsewhere] = [visitor(), visitor()]
    await login(ada)
    await login(elsewhere)
    await ada.post('/devices/revoke-others')
    expect([await isAtHome(ada), await isAtHome(elsewhere)]).toEqual([true, false])
    await login(elsewhere)
    await ada.post('/logout')
    expect([await isAtHome(ada), await isAtHome(elsewhere)]).toEqual([false, true])
    await elsewhere.post('/logout/everywhere')
    expect(await isAtHome(elsewhere)).toBe(false)
  })

  if (place.survives) return
  test('treats a returning visitor as anonymous after a restart, and lets them log in again', async () => {
    const ada = visitor()
    await login(ada)
    const before = ada.cookie()
    await server().restart()
    expect(await isAtHome(ada)).toBe(false)
    await ada.post('/cart/add', { sku: 'dracula' })
    expect((await ada.get('/cart')).text).toContain('Dracula')
    expect(ada.cookie()).not.toBe(before)
  })
}
