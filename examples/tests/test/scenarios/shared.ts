import { DEMO } from 'example-shop'
import { expect, test } from 'vitest'
import { LOGIN_APPS } from '../apps.ts'
import type { Shopper } from '../shopper.ts'
import type { Scene } from '../visitor.ts'

const [EXPRESS, KOA, NODE] = LOGIN_APPS

/** Tests of three processes with three frameworks that share sessions. */
export function sharedScenarios({ place, visitor }: Scene): void {
  const openTabs = (): Promise<[Shopper, Shopper, Shopper]> => {
    const { openTab } = visitor()
    return Promise.all([openTab(EXPRESS), openTab(KOA), openTab(NODE)])
  }

  test('a session is the same in every framework', async () => {
    const [express, koa, node] = await openTabs()
    await express.buy('Walden')
    await koa.buy('Dracula')
    await koa.login(DEMO.password)
    expect(await node.cart()).toEqual(['1 × Walden', '1 × Dracula'])
    expect(await node.visit('/account')).toBe('/account')
    await node.press('Log out')
    expect(await express.visit('/account')).toBe('/login')
  })

  // In cookie mode, the last response to arrive wins.
  if (place.store !== 'cookie')
    test('concurrent writes of one session by several processes are all kept', async () => {
      const tabs = await openTabs()
      const [express, koa, node] = tabs
      await express.buy('Frankenstein')
      await Promise.all(tabs.map((tab) => tab.visit('/')))
      await Promise.all([
        express.press('Add to cart Walden'),
        koa.press('Add to cart Dracula'),
        node.press('Add to cart Jane Eyre'),
      ])
      const cart = await node.cart()
      expect(cart.toSorted()).toEqual(['1 × Dracula', '1 × Frankenstein', '1 × Jane Eyre', '1 × Walden'])
    })
}
