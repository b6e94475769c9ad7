import { describe, expect, test } from 'vitest'
import type { Scene } from '../visitor.ts'

export function cookiesScenarios({ visitor }: Scene): void {
  describe('the cookies page of the shop', { concurrent: false }, () => {
    test('sets, shows and deletes a cookie', async () => {
      const { shop, cookie } = visitor()
      await shop.visit('/cookies')
      await shop.fillIn({ Name: 'theme', Value: 'dark', 'Lifetime in seconds': '600' })
      expect(await shop.press('Set the cookie')).toBe('/cookies')
      expect(await shop.page.getByRole('row', { name: 'theme' }).innerText()).toContain('dark')
      const { expires = 0 } = (await cookie('theme')) ?? {}
      expect(expires - Date.now() / 1000).toBeGreaterThan(500)
      await shop.press('Delete theme')
      expect(await cookie('theme')).toBeUndefined()
    })

    test('shows the error of an invalid cookie', async () => {
      const { shop, cookies } = visitor()
      await shop.visit('/cookies')
      await shop.fillIn({ Name: 'a b', Value: 'c' })
      await shop.press('Set the cookie')
      expect(await shop.page.getByRole('alert').innerText()).toContain('cookie.name')
      expect(await shop.page.getByLabel('Value').inputValue()).toBe('c')
      expect(await cookies()).toEqual([])
    })

    test('does not reveal the session cookie', async () => {
      const { shop, cookie } = visitor()
      await shop.buy('Walden')
      await shop.visit('/cookies')
      const { value = '' } = (await cookie()) ?? {}
      expect(value.length).toBeGreaterThanOrEqual(43)
      expect(await shop.page.content()).not.toContain(value.slice(8, -8))
    })
  })
}
