import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openSite, type Visitor } from './browser.ts'
import { KINDS } from './kinds.ts'

let site: Visitor
beforeAll(async () => void (site = await openSite()))
afterAll(() => site.close())

const PHONE = { viewport: { width: 375, height: 812 } }
const NO_SCRIPTS = { javaScriptEnabled: false }

describe('the search of the site', () => {
  it('opens by a button, offers what was typed, and leads there by the keyboard', async () => {
    await using page = await site.visit('index.html')
    await page.getByRole('button', { name: 'Search' }).click()
    await page.getByRole('searchbox').fill('supertest')
    expect(await page.getByRole('option').first().getAttribute('href')).toContain('/keepsake/testing.html')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/keepsake/testing.html*')
  })

  it('keeps the focus inside while it is open, and gives it back', async () => {
    await using page = await site.visit('logins.html')
    const button = page.getByRole('button', { name: 'Search' })
    await button.focus()
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('searchbox').waitFor()
    for (let presses = 0; presses < 8; presses++) {
      await page.keyboard.press('Tab')
      expect(await dialog.locator(':focus').count()).toBe(1)
    }
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    expect(await page.locator(':focus').getAttribute('aria-label')).toBe('Search')
  })
})

describe('the keyboard', () => {
  it('leads past the navigation first, and to nothing that does nothing', async () => {
    await using page = await site.visit('logins.html')
    await page.keyboard.press('Tab')
    expect(await page.locator(':focus').innerText()).toBe('Skip to content')
    expect(await page.getByRole('button', { name: 'Learn' }).count()).toBe(0)
  })
})

describe('without scripts', () => {
  it.each(Object.entries(KINDS))('%s shows its heading and its text', async (_, path) => {
    await using page = await site.visit(path, NO_SCRIPTS)
    expect(await page.locator('h1').first().isVisible()).toBe(true)
  })

  it('the home page shows the tab that was chosen', async () => {
    await using page = await site.visit('index.html', NO_SCRIPTS)
    await page.getByText('Hono', { exact: true }).first().click()
    expect(await page.locator('.vp-code-group').innerText()).toContain('npm install hono')
    expect(await page.locator('.vp-code-group').innerText()).not.toContain('npm install express')
  })

  it('a phone shows the list of pages', async () => {
    await using page = await site.visit('logins.html', { ...NO_SCRIPTS, ...PHONE })
    expect(await page.getByRole('link', { name: 'Choose a store' }).first().isVisible()).toBe(true)
  })
})

it.each(Object.entries(KINDS))('%s is no wider than a phone', async (_, path) => {
  await using page = await site.visit(path, PHONE)
  const width = await page.evaluate<number>('document.documentElement.scrollWidth')
  expect(width).toBe(PHONE.viewport.width)
})

it('no kind of page asks for what is not in the folder of the site', async () => {
  for (const path of Object.values(KINDS)) await (await site.visit(path)).close()
  expect(site.missing).toEqual([])
})
