import { DEMO } from 'example-shop'
import { describe, expect, test } from 'vitest'
import type { Scene } from '../visitor.ts'

export function loginScenarios({ place, visitor }: Scene): void {
  describe('the login of the shop', { concurrent: false }, () => {
    test('keeps the cart and changes the session id, which a change of the cart does not', async () => {
      const { shop, id } = visitor()
      await shop.buy('Walden')
      const before = await id()
      await shop.press('One more')
      expect(await id()).toBe(before)
      await shop.login(DEMO.password)
      expect(await shop.page.getByRole('heading', { level: 1 }).innerText()).toBe('Hello, ada')
      const after = await id()
      expect(after).not.toBe(before)
      expect(await shop.cart()).toEqual(['2 × Walden'])
      await shop.press('One more')
      expect(await id()).toBe(after)
    })

    test('shows an error for a wrong password, keeps the name and changes nothing', async () => {
      const { shop, cookie } = visitor()
      await shop.login('difference-engine')
      expect(await shop.page.getByRole('alert').innerText()).toContain('No account')
      expect(await shop.page.getByLabel('Username').inputValue()).toBe('ada')
      expect(await shop.visit('/account')).toBe('/login')
      expect(await cookie()).toBeUndefined()
    })

    test('ends with the logout, which leaves nothing private, not even for the back button', async () => {
      const { shop, cookie } = visitor()
      await shop.login(DEMO.password)
      // Chromium keeps a no-store page for the back button, and drops it when a cookie changes; but it misses the change for
      // a page to which the login itself has led.
      expect(await shop.visit('/account')).toBe('/account')
      expect(await shop.press('Log out')).toBe('/')
      expect(await cookie()).toBeUndefined()
      await shop.page.goBack()
      expect(new URL(shop.page.url()).pathname).toBe('/login')
      expect(await shop.page.locator('body').innerText()).not.toMatch(/Logged in as|Only you can see this/)
      expect(await shop.visit('/account')).toBe('/login')
    })

    if (!place.survives)
      test('is lost with a restarted server, where the visitor is anonymous and can log in again', async () => {
        const { shop, restart, id } = visitor()
        await shop.buy('Walden')
        await shop.login(DEMO.password)
        const before = await id()
        // The account page would report the missing server.
        await shop.visit('/cart')
        await restart()
        expect(await shop.visit('/account')).toBe('/login')
        expect(await shop.cart()).toEqual([])
        await shop.buy('Dracula')
        expect(await shop.cart()).toEqual(['1 × Dracula'])
        expect(await id()).not.toBe(before)
      })
  })
}
