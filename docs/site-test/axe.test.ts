import { type AxeResults, source as axe } from 'axe-core'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openSite, type Visitor } from './browser.ts'
import { KINDS } from './kinds.ts'

let site: Visitor
beforeAll(async () => void (site = await openSite()))
afterAll(() => site.close())

const DESKTOP = { width: 1440, height: 900 }
const PHONE = { width: 375, height: 812 }

/** What is all that differs between day and night. */
const COLOURS = { runOnly: ['color-contrast', 'link-in-text-block'] }

/** What axe finds on these screens, of any weight, by day and by night, each with the first element that has it. */
async function findingsOn(page: Page, ...screens: readonly (typeof DESKTOP)[]): Promise<string[]> {
  await page.addScriptTag({ content: axe })
  const found: string[] = []
  for (const screen of screens) {
    await page.setViewportSize(screen)
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      await page.locator(colorScheme === 'dark' ? 'html.dark' : 'html:not(.dark)').waitFor()
      const options = colorScheme === 'dark' ? COLOURS : {}
      const { violations } = await page.evaluate<AxeResults>(`axe.run(${JSON.stringify(options)})`)
      const place = `${screen.width} px wide, ${colorScheme}`
      found.push(
        ...violations.map(({ id, impact, nodes }) => `${place}: ${impact}: ${id}: ${nodes[0]?.html}`),
      )
    }
  }
  return found
}

it.each(Object.entries(KINDS))('axe finds nothing on %s', async (_, path) => {
  await using page = await site.visit(path)
  expect(await findingsOn(page, DESKTOP, PHONE)).toEqual([])
})

it('axe finds nothing in the search, before and after something is typed, with and without excerpts', async () => {
  await using page = await site.visit('logins.html')
  await page.getByRole('button', { name: 'Search' }).click()
  const field = page.getByRole('searchbox')
  await field.waitFor()
  expect(await findingsOn(page, DESKTOP)).toEqual([])
  await field.fill('redis')
  await page.getByRole('option').first().waitFor()
  expect(await findingsOn(page, DESKTOP, PHONE)).toEqual([])
  await page.setViewportSize(DESKTOP)
  await page.getByRole('button', { name: 'Display detailed list' }).click()
  await page.locator('.excerpt').first().waitFor()
  expect(await findingsOn(page, DESKTOP)).toEqual([])
})

it('axe finds nothing in the menus of a phone', async () => {
  await using page = await site.visit('logins.html', { viewport: PHONE })
  await page.getByRole('button', { name: 'On this page' }).click()
  await page.getByRole('link', { name: 'Return to top' }).waitFor()
  expect(await findingsOn(page, PHONE)).toEqual([])
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'mobile navigation' }).click()
  await page.locator('.VPNavScreen').waitFor()
  expect(await findingsOn(page, PHONE)).toEqual([])
  await page.getByRole('button', { name: 'mobile navigation' }).click()
  await page.getByRole('button', { name: 'Menu', exact: true }).click()
  await page.locator('.VPSidebar.open').waitFor()
  expect(await findingsOn(page, PHONE)).toEqual([])
})
