import { DEMO } from 'example-shop'
import { describe, expect, test } from 'vitest'
import { LOGIN_APPS } from '../apps.ts'
import type { Shopper } from '../shopper.ts'
import type { Scene } from '../visitor.ts'

/** How the browsers of one user affect each other. Each app has its own user, because all apps on one store share users. */
export function devicesScenarios({ place, app, visitor, withOther }: Scene): void {
  const index = LOGIN_APPS.findIndex(({ name }) => name === app.name)
  const username = DEMO.others[index] ?? DEMO.username
  const login = (shop: Shopper): Promise<void> => shop.login(DEMO.password, 'forget', username)
  const isSealed = place.store === 'cookie'

  describe('two devices of one user', { concurrent: false }, () => {
    // This test comes first: its expired login must not end what the others need.
    if (isSealed)
      test('are separated by a change of the password, which asks for the current one after a while', async () => {
        await withOther(async (other) => {
          const { shop, cookie, bring, oldLogin } = visitor()
          await login(other.shop)
          await shop.buy('Walden')
          const stranger = await cookie()
          if (stranger === undefined) throw new Error('no cookie')
          await bring({ ...stranger, value: await oldLogin(username, 11) })
          await shop.buy('Dracula')
          await shop.visit('/password')
          await shop.fillIn({ Password: 'difference-engine' })
          await shop.press('Go on')
          expect(await shop.page.getByRole('alert').innerText()).toBe('That is not your password.')
          await shop.fillIn({ Password: DEMO.password })
          expect(await shop.press('Go on')).toBe('/password')
          await shop.fillIn({ 'New password': DEMO.password })
          expect(await shop.press('Change the password')).toBe('/account')
          expect(await shop.text()).toContain('Your password is changed')
          await shop.page.reload()
          expect(await shop.text()).not.toContain('Your password is changed')
          expect(await shop.cart()).toEqual(['1 × Dracula'])
          expect(await other.shop.visit('/account')).toBe('/login')
        })
      })

    test('are both listed, and a device that the other one logs out shows it immediately', async () => {
      await withOther(async ({ shop: other }) => {
        const { shop } = visitor()
        await login(other)
        await other.visit('/devices')
        await other.page.locator('#live[data-state=on]').waitFor()
        await login(shop)
        await shop.visit('/devices')
        expect(await shop.page.locator('.device h2').allInnerTexts()).toEqual([
          expect.stringMatching(/^Chrome on Linux\s+this device$/),
          ...(isSealed ? [] : ['Firefox on Linux']),
        ])
        expect((await shop.text()).includes('there is no list of sessions')).toBe(isSealed)

        // In both directions, with a store that notifies and with one that is polled.
        const isOneByOne = place.store === 'memory' || place.store === 'sqlite'
        await shop.press(isOneByOne ? 'Log out this device (Firefox on Linux)' : 'Log out everywhere else')
        const said =
          /That device is logged out|Every other device is logged out|One other device is logged out/
        expect(await shop.text()).toMatch(said)
        await shop.page.reload()
        expect(await shop.text()).not.toMatch(said)

        await other.page.getByRole('heading', { name: 'You are logged out here' }).waitFor()
        expect(await other.text()).not.toMatch(new RegExp(`${username}|Your devices|Firefox|Under the hood`))
        await other.page.getByRole('link', { name: 'Log in again' }).click()
        await other.page.waitForURL('**/login')
        expect(await other.visit('/account')).toBe('/login')
        expect(await shop.visit('/account')).toBe('/account')
      })
    })

    // The stores' own tests check how they end all sessions of a user.
    if (!isSealed && place.store !== 'memory') return
    test('are both logged out by "everywhere", and other tabs show it', async () => {
      await withOther(async ({ shop: other }) => {
        const { shop, openTab } = visitor()
        await login(other)
        await login(shop)
        const tab = await openTab()
        await tab.visit('/account')
        expect(await shop.press('Log out everywhere')).toBe('/')
        expect(await shop.text()).toContain('You are logged out, here and on every other device.')
        await tab.page.getByRole('heading', { name: 'You are logged out here' }).waitFor()
        for (const device of [shop, other]) expect(await device.visit('/account')).toBe('/login')
      })
    })
  })
}
