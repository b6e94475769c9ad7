import { liveScript } from 'example-shop'
import { expect, test } from 'vitest'
import type { App } from '../../apps.ts'
import type { HttpVisitor } from '../../http-visitor.ts'
import {
  expectAsset,
  expectLinks,
  expectOnce,
  expectPage,
  expectRedirect,
  type HttpScene,
  isAtHome,
  SESSION_COOKIE,
  userOf,
} from './scene.ts'

/** What the session's status says of the visitor. */
async function stateOf(visitor: HttpVisitor): Promise<string> {
  const { state } = JSON.parse((await visitor.get('/session')).text) as { readonly state: string }
  return state
}

/** The page of the account, with scripts that its policy allows. */
async function expectPrivatePage(visitor: HttpVisitor, { framework }: App, username: string): Promise<void> {
  const page = await visitor.get('/account')
  expectPage(page)
  expect(page.text).toContain(`Hello, ${username}`)
  expect(page.headers.get('Content-Security-Policy')).toContain("; script-src 'self'; connect-src 'self'")
  await expectLinks(visitor, page)
  expect(await expectAsset(visitor, '/live.js', 'text/javascript')).toBe(liveScript)
  const hasKit = framework !== 'Next.js'
  const named = [...page.text.matchAll(/<script src="([^"]*)"/g)].map(([, path]) => path)
  expect(named).toEqual(hasKit ? ['/live.js', '/session.js'] : ['/live.js'])
  if (hasKit) expect(await expectAsset(visitor, '/session.js', 'text/javascript')).toContain('session-ended')
  else expectPage(await visitor.get('/session.js'), 404)
}

export function loginOverHttp({ place, app, server, visitor }: HttpScene): void {
  const { username, login } = userOf(app)

  test('refuses a wrong password, keeps the name in the form, and leaves the visitor anonymous', async () => {
    const ada = visitor()
    expectRedirect(await ada.get('/account'), '/login')
    const form = await ada.get('/login')
    expectPage(form)
    expect(form.text).toContain('Welcome back')
    // A password of this length is refused without the work of a hash.
    const refused = await login(ada, { password: 'wrong' })
    expectPage(refused, 422)
    expect(refused.text).toMatch(new RegExp(`role="alert">No account[^]*value="${username}"`))
    expect(ada.cookie()).toBe('')
  })

  test('keeps the cart and changes the cookie at a login, which opens the private pages until the logout', async () => {
    const ada = visitor()
    expect(await stateOf(ada)).toBe('none')
    await ada.post('/cart/add', { sku: 'walden' })
    expect(await stateOf(ada)).toBe('anonymous')
    const before = ada.cookie()
    const accepted = await login(ada)
    expectRedirect(accepted, '/account')
    expect(accepted.setCookie).toEqual([expect.stringMatching(SESSION_COOKIE)])
    expect(ada.cookie()).not.toBe(before)
    await expectOnce(ada, '/account', `You are logged in as ${username}.`)
    await expectPrivatePage(ada, app, username)
    expect((await ada.get('/cart')).text).toContain('Walden')
    expect(await stateOf(ada)).toBe('user')
    expect((await ada.post('/session')).status).toBe(204)
    expect((await ada.post('/session', {}, 'cross-site')).status).toBe(403)

    expectRedirect(await ada.post('/logout'), '/')
    await expectOnce(ada, '/', 'You are logged out.')
    expect(ada.cookie()).toBe('')
    expectRedirect(await ada.get('/account'), '/login')
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
    expectRedirect(await login(ada), '/account')
    await ada.post('/logout')
  })
}
