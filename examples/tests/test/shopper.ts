import type { Page } from 'playwright-core'

/** A visitor's actions in the shop at one URL. */
export interface Shopper {
  readonly page: Page
  /** Puts a book into the cart. */
  buy(title: string): Promise<void>
  /** Goes to the cart and returns its lines. */
  cart(): Promise<readonly string[]>
  /** The lines of the cart page that is open: quantities and titles. */
  lines(): Promise<readonly string[]>
  /** Fills in the login page, by default for ada; `remember` ticks the box. */
  login(password: string, remember?: 'remember' | 'forget', username?: string): Promise<void>
  /** Fills in fields by their labels. */
  fillIn(fields: Readonly<Record<string, string>>): Promise<void>
  /** Opens a page and returns the resulting path. */
  visit(path: string): Promise<string>
  /** The complete text of the page. */
  text(): Promise<string>
  /** Presses a button that sends a form, and returns the path of the next page. */
  press(button: string): Promise<string>
}

export function shopper(page: Page, url: string): Shopper {
  const path = (): string => new URL(page.url()).pathname
  const visit = async (to: string): Promise<string> => {
    await page.goto(url + to, { waitUntil: 'domcontentloaded' })
    return path()
  }
  const press = async (button: string): Promise<string> => {
    const answered = page.waitForEvent('domcontentloaded')
    await page.getByRole('button', { name: button, exact: true }).first().click()
    await answered
    return path()
  }
  const fillIn = async (fields: Readonly<Record<string, string>>): Promise<void> => {
    for (const [label, text] of Object.entries(fields))
      await page.getByLabel(label, { exact: true }).fill(text)
  }
  const lines = async (): Promise<readonly string[]> => {
    const [titles, quantities] = await Promise.all([
      page.locator('.cart .line h2').allInnerTexts(),
      page.locator('.cart .line .qty').allInnerTexts(),
    ])
    return titles.map((title, index) => `${quantities[index]} × ${title}`)
  }
  return {
    page,
    visit,
    press,
    text: () => page.locator('body').innerText(),
    fillIn,
    async buy(title) {
      await visit('/')
      await press(`Add to cart ${title}`)
    },
    lines,
    async cart() {
      await visit('/cart')
      return lines()
    },
    async login(password, remember = 'forget', username = 'ada') {
      await visit('/login')
      await fillIn({ Username: username, Password: password })
      if (remember === 'remember') await page.getByRole('checkbox').check()
      await page.locator('main').getByRole('button', { name: 'Log in' }).click()
      await page.waitForLoadState('domcontentloaded')
    },
  }
}
