import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import type { Scene } from '../visitor.ts'

const evilForm = (target: string): string =>
  `<form method="post" action="${target}"><button>Win</button></form>`

export function cartScenarios({ place, app, visitor }: Scene): void {
  describe('the cart of the shop', { concurrent: false }, () => {
    const span = place.survives ? 'a reload, and a restart of the server' : 'a reload'
    test(`survives ${span}`, async () => {
      const { shop, restart } = visitor()
      await shop.buy('Walden')
      await shop.buy('Dracula')
      await shop.press('One more')
      await shop.buy('Alice in Wonderland')
      expect(await shop.text()).toContain('“Alice in Wonderland” is in your cart.')
      await shop.press('Remove Alice in Wonderland')
      await shop.page.reload()
      expect(await shop.text()).not.toContain('is in your cart')
      expect(await shop.lines()).toEqual(['2 × Walden', '1 × Dracula'])
      expect(await shop.page.locator('.served').innerText()).toContain(app.framework)
      if (!place.survives) return
      await restart()
      expect(await shop.cart()).toEqual(['2 × Walden', '1 × Dracula'])
    })

    if (place.store === 'cookie')
      test('is not changed by a form of another page, even on the same site', async () => {
        const { shop } = visitor()
        await shop.buy('Walden')
        const evil = createServer((_request, response) => {
          response
            .setHeader('Content-Type', 'text/html')
            .end(evilForm(new URL('/cart/empty', shop.page.url()).href))
        })
        await once(evil.listen(0), 'listening')
        const { port } = evil.address() as AddressInfo
        // Another port is another origin of the same site, so the browser sends the session's cookie.
        for (const host of ['localhost', '127.0.0.1']) {
          await shop.page.goto(`http://${host}:${port}/`)
          const answer = shop.page.waitForResponse((response) => response.request().method() === 'POST')
          await shop.page.getByRole('button').click()
          expect((await answer).status()).toBe(403)
          await shop.page.getByRole('heading', { name: 'You cannot do that from here' }).waitFor()
        }
        evil.close()
        evil.closeAllConnections()
        expect(await shop.cart()).toEqual(['1 × Walden'])
      })

    test('uses one cookie, which scripts cannot read, and which is deleted with the browser or the last book', async () => {
      const { shop, cookies, cookie } = visitor()
      await shop.visit('/')
      expect(await cookies()).toEqual([])
      await shop.press('Add to cart Walden')
      expect(await cookies()).toEqual([
        expect.objectContaining({
          name: '__Host-session',
          path: '/',
          secure: true,
          httpOnly: true,
          sameSite: 'Lax',
          expires: -1,
        }),
      ])
      await shop.press('Empty the cart')
      expect(await cookie()).toBeUndefined()
      await shop.buy('Walden')
      await shop.press('Remove Walden')
      expect(await cookie()).toBeUndefined()
    })
  })
}
