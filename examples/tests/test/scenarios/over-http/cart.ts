import { expect, test } from 'vitest'
import type { HttpVisitor } from '../../http-visitor.ts'
import { expectOnce, expectPage, expectRedirect, type HttpScene, SESSION_COOKIE } from './scene.ts'

/** The lines of the cart page: quantities and titles. */
async function linesOf(visitor: HttpVisitor): Promise<readonly string[]> {
  const page = await visitor.get('/cart')
  expectPage(page)
  const lines = page.text.matchAll(/class="line"[^]*?<h2>([^<]*)<[^]*?class="qty">(\d+)</g)
  return [...lines].map(([, title, qty]) => `${qty} × ${title}`)
}

export function cartOverHttp({ place, app, visitor, server }: HttpScene): void {
  // The tests in a browser restart their apps, too.
  const restarts = place.survives && app.daily[1] === 'HTTP'
  test(`keeps a cart in one cookie until the last book is removed${restarts ? ', even over a restart' : ''}`, async () => {
    const ada = visitor()
    expect((await ada.get('/')).setCookie).toEqual([])
    const added = await ada.post('/cart/add', { sku: 'walden' })
    expectRedirect(added, '/cart')
    expect(added.setCookie).toEqual([expect.stringMatching(SESSION_COOKIE)])
    await expectOnce(ada, '/cart', '“Walden” is in your cart.')
    await ada.post('/cart/add', { sku: 'dracula' })
    expectRedirect(await ada.post('/cart/set', { sku: 'dracula', qty: '3' }), '/cart')
    if (restarts) await server().restart()
    expect(await linesOf(ada)).toEqual(['1 × Walden', '3 × Dracula'])
    await ada.post('/cart/set', { sku: 'dracula', qty: '0' })
    expect(await linesOf(ada)).toEqual(['1 × Walden'])
    await ada.get('/')
    expect((await ada.get('/')).text).toContain('This is visit number 3.')
    expectRedirect(await ada.post('/cart/empty'), '/cart')
    expect(ada.cookie()).toBe('')
  })

  test('leaves the cart unchanged by a form of another site, or by one that is too large', async () => {
    const ada = visitor()
    await ada.post('/cart/add', { sku: 'walden' })
    const foreign = await ada.post('/cart/empty', {}, 'cross-site')
    expectPage(foreign, 403)
    expect(foreign.text).toContain('You cannot do that from here')
    const large = await ada.post('/cart/add', { sku: 'dracula', padding: '.'.repeat(8 * 1024) })
    expectPage(large, 413)
    expect(large.text).toContain('That was too much data')
    expect(await linesOf(ada)).toEqual(['1 × Walden'])
  })
}
