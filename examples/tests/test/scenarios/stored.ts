import { DEMO } from 'example-shop'
import { describe, expect, test } from 'vitest'
import type { Scene } from '../visitor.ts'

/** Tests of sessions in a store. */
export function storedScenarios({ visitor }: Scene): void {
  describe('the cookie of a stored session', { concurrent: false }, () => {
    test('is random, and useless after the logout, like the one from before the login', async () => {
      const { shop, cookie, bring } = visitor()
      await shop.buy('Walden')
      const stranger = await cookie()
      expect(stranger?.value).toMatch(/^[\w-]{64}$/)
      expect(await shop.page.locator('.hood').innerText()).toMatch(/Random bytes\. The data is in the store/)
      await shop.login(DEMO.password, 'remember')
      const ada = await cookie()
      expect(ada?.value).toMatch(/^[\w-]{64}$/)
      await shop.press('Log out')
      for (const old of [stranger, ada]) {
        if (old === undefined) throw new Error('no cookie')
        await bring(old)
        expect(await shop.visit('/account')).toBe('/login')
        expect(await shop.page.locator('.hood .reason').first().innerText()).toBe('ended')
        expect(await shop.page.locator('body').innerText()).not.toMatch(/Logged in as|walden/i)
      }
    })
  })

  describe('two tabs of the shop', { concurrent: false }, () => {
    test('that add a book at the same moment both get it', async () => {
      const { shop, openTab } = visitor()
      await shop.buy('Frankenstein')
      const other = await openTab()
      await Promise.all([shop.visit('/'), other.visit('/')])
      await Promise.all([shop.press('Add to cart Walden'), other.press('Add to cart Dracula')])
      const cart = await shop.cart()
      expect(cart.toSorted()).toEqual(['1 × Dracula', '1 × Frankenstein', '1 × Walden'])
    })
  })
}
