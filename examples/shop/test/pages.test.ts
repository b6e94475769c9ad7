import type { Device } from '@keepsake/core'
import { describe, expect, test } from 'vitest'
import { DEMO } from '../src/accounts.ts'
import { books } from '../src/books.ts'
import { accountPage } from '../src/pages/account.ts'
import { cartPage } from '../src/pages/cart.ts'
import { cataloguePage } from '../src/pages/catalogue.ts'
import { cookiesPage } from '../src/pages/cookies.ts'
import { devicesPage } from '../src/pages/devices.ts'
import { errorPage } from '../src/pages/error.ts'
import type { Site } from '../src/pages/layout.ts'
import { loginPage } from '../src/pages/login.ts'
import { passwordPage } from '../src/pages/password.ts'
import { HOSTILE, TOKEN } from './samples.ts'

const site: Site = { framework: 'Express', scope: 'login', cartCount: 2, user: 'ada' }
const shop: Site = { framework: 'Koa', scope: 'cart', cartCount: 0 }
const account = { username: 'ada', since: new Date(0) }
const hostileSite: Site = {
  framework: HOSTILE,
  scope: 'login',
  cartCount: 1,
  user: HOSTILE,
  notices: [{ category: HOSTILE, message: HOSTILE }],
  hood: {
    mode: 'cookie',
    cookieName: HOSTILE,
    cookieValue: HOSTILE,
    data: HOSTILE,
    permanent: true,
    opened: 'malformed',
    decision: { reason: 'unusable' },
  },
}

const deviceCalled = (label: string | undefined, isCurrent: boolean): Device => ({
  handle: label ?? 'unknown',
  createdAt: new Date(0),
  lastSeenAt: new Date(1000),
  expiresAt: new Date(2000),
  permanent: !isCurrent,
  label,
  boundAt: undefined,
  isCurrent,
})

const pagesOf = (site: Site, text: string): readonly (readonly [string, string])[] => [
  ['catalogue', cataloguePage({ site, visits: 2 })],
  [
    'cart',
    cartPage({
      site,
      cart: [
        { sku: 'walden', qty: 2 },
        { sku: text, qty: 1 },
      ],
    }),
  ],
  ['empty cart', cartPage({ site, cart: [] })],
  ['login', loginPage({ site, username: text, error: text })],
  ['account', accountPage({ site, account: { ...account, username: text }, permanent: true })],
  [
    'devices',
    devicesPage({ site, devices: [deviceCalled(text, true), deviceCalled(text, false)], here: {} }),
  ],
  ['devices without a list', devicesPage({ site, devices: undefined, here: { label: text } })],
  ['password', passwordPage({ site, asked: 'new', error: text })],
  ['old password', passwordPage({ site, asked: 'current', error: text })],
  [
    'cookies',
    cookiesPage({
      site,
      cookies: [[text, text]],
      sessionName: 's',
      rejected: { name: text, value: text, maxAge: text, error: text },
    }),
  ],
  ['error', errorPage({ site, status: 500, message: text })],
]

test.each(pagesOf(hostileSite, 'text'))(
  'the %s page has a link at its top to the panel, which is a landmark',
  (_, page) => {
    expect(page).toMatch(/<header[^]*<a href="#hood">under the hood<\/a>[^]*<\/header>/)
    expect(page).toMatch(/<\/main>\s*<aside[^>]* id="hood"[^>]* aria-label="Under the hood"/)
  },
)

test('a page without a panel has no link to it', () => {
  expect(cartPage({ site, cart: [] })).not.toContain('#hood')
})

// The script of the private pages, which their policy allows.
const OUR_SCRIPT = '<script src="/live.js" defer></script>'

describe.each(pagesOf(hostileSite, HOSTILE))('the %s page', (_, page) => {
  test('escapes hostile text', () => {
    expect(page.replace(OUR_SCRIPT, '')).not.toMatch(/<script/i)
    expect(page).toContain('&lt;script&gt;')
  })

  test('needs nothing that its Content-Security-Policy forbids', () => {
    expect(page).not.toMatch(/\sstyle="|<style|\son[a-z]+="|javascript:/i)
    for (const [, url] of page.matchAll(/(?:src|href|action)="([^"]*)"/g))
      expect(url).toMatch(/^(\/|#|data:image)/)
  })

  test('is complete: a doctype, one main, one h1, and unique ids', () => {
    expect(page).toMatch(/^<!doctype html>/)
    expect(page.match(/<main/g)).toHaveLength(1)
    expect(page.match(/<h1/g)).toHaveLength(1)
    const ids = [...page.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id)
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('labels every field, and changes data with POST only', () => {
    for (const [, id] of page.matchAll(/<input[^>]*\sid="([^"]*)"/g)) expect(page).toContain(`for="${id}"`)
    for (const [form] of page.matchAll(/<form[^>]*>/g)) expect(form).toContain('method="post"')
  })
})

describe('the frame of a page', () => {
  test('names the framework, the visitor and the number of books', () => {
    const page = cataloguePage({ site })
    expect(page).toContain('served by <b>Express</b>')
    expect(page).toMatch(/Logged in as <\/span\s*>ada/)
    expect(page).toMatch(/>2<span class="unseen"> books</)
  })

  test('has a login link for anonymous visitors, and account and logout for users', () => {
    const stranger = cataloguePage({ site: { ...site, user: undefined } })
    expect(stranger).toContain('href="/login"')
    expect(stranger).not.toMatch(/"\/account"|"\/logout"/)
    const member = cataloguePage({ site })
    expect(member).not.toContain('href="/login"')
    expect(member).toContain('href="/account"')
    expect(member).toContain('action="/logout"')
  })

  test('has no account links in a cart app', () => {
    expect(cataloguePage({ site: shop })).not.toMatch(/\/login|\/logout|\/account/)
  })

  test('marks the current page', () => {
    expect(cartPage({ site, cart: [] })).toMatch(/href="\/cart" aria-current="page"/)
  })
})

test('the catalogue has a form to add each book to the cart', () => {
  const page = cataloguePage({ site })
  for (const { sku } of books) expect(page).toContain(`name="sku" value="${sku}"`)
  expect(page.match(/action="\/cart\/add"/g)).toHaveLength(books.length)
})

const buttons = (qty: number): readonly string[] =>
  [...cartPage({ site, cart: [{ sku: 'walden', qty }] }).matchAll(/<button[^>]*name="qty"[^>]*>/g)].map(
    ([tag]) => tag,
  )

describe('the quantity stepper of the cart', () => {
  test('has buttons for one less, one more and remove', () => {
    expect(buttons(5).map((tag) => /value="(-?\d+)"/.exec(tag)?.[1])).toEqual(['4', '6', '0'])
  })

  test('stops at 1 and at 99', () => {
    expect(buttons(1).map((tag) => tag.includes('disabled'))).toEqual([true, false, false])
    expect(buttons(99).map((tag) => tag.includes('disabled'))).toEqual([false, true, false])
  })
})

test('the login page shows the demo login, and never a password in its field', () => {
  const page = loginPage({ site: { ...site, user: undefined }, username: 'ada', error: 'No.' })
  expect(page).toContain(DEMO.password)
  expect(page).toMatch(/name="username"\s+value="ada"/)
  expect(/<input[^>]*type="password"[^>]*>/.exec(page)?.[0]).not.toContain('value')
})

test('the cookies page names the session cookie, but neither shows its value nor can delete it', () => {
  const page = cookiesPage({
    site,
    cookies: [
      ['s', TOKEN],
      ['theme', 'dark'],
    ],
    sessionName: 's',
  })
  expect(page).not.toContain(TOKEN)
  expect(page).toContain('ASV0sy3e…D2p_cmUQ')
  expect(page.match(/action="\/cookies\/delete"/g)).toHaveLength(1)
  expect(page).toMatch(/name="name"\s+value="theme"/)
})

test('the cookies page shows a sentence instead of an empty table', () => {
  const page = cookiesPage({ site, cookies: [] })
  expect(page).toContain('This request had no cookies')
  expect(page).not.toContain('<table')
})

const rowsOf = (page: string): string[] => page.match(/<li class="card device">[^]*?<\/li>/g) ?? []

describe('the devices page', () => {
  test('lists this device first, whose logout is the usual one; another device is logged out by its handle', () => {
    const devices = [deviceCalled('Firefox on Linux', false), deviceCalled('Safari on iPhone', true)]
    const [here, other] = rowsOf(devicesPage({ site, devices, here: {} }))
    expect(other).toMatch(/Firefox on Linux[^]*Remembered[^]*"\/devices\/revoke"[^]*value="Firefox on Linux"/)
    expect(other).not.toContain('>this device<')
    expect(here).toMatch(/Safari on iPhone[^]*>this device<[^]*"\/logout"/)
    expect(here).not.toMatch(/handle|Remembered/)
  })

  test('has no button for other devices if there are none', () => {
    const page = devicesPage({ site, devices: [deviceCalled(undefined, true)], here: {} })
    expect(page).toContain('An unknown device')
    expect(page).toContain('not logged in anywhere else')
    expect(page).not.toContain('/devices/revoke-others')
  })

  test('says why there is no list in cookie mode, and can still log out the others', () => {
    const page = devicesPage({ site, devices: undefined, here: { label: 'Edge on Windows' } })
    expect(page).toContain('there is no list of sessions')
    expect(page).toContain('action="/devices/revoke-others"')
    expect(rowsOf(page)).toHaveLength(1)
    expect(page).toContain('Edge on Windows')
  })
})

test('a message about a problem looks different from one about a success', () => {
  const notices = [
    { category: 'done', message: 'Good.' },
    { category: 'problem', message: 'Bad.' },
  ]
  expect(cataloguePage({ site: { ...site, notices } })).toMatch(/<p >Good\.<[^]*<p class="problem">Bad\.</)
})

test('a live page contains the text for an ended session, and marks its private content', () => {
  const page = accountPage({ site, account, permanent: false })
  expect(page).toMatch(/id="ended"[^>]* hidden>/)
  const [, rest = ''] = page.split('<main')
  expect(rest.indexOf('data-private')).toBeLessThan(rest.indexOf('Hello, ada'))
  expect(cataloguePage({ site })).not.toMatch(/live\.js|id="ended"/)
})

test.each([
  [404, 'This page is missing'],
  [500, 'Something went wrong'],
  [418, 'Something went wrong'],
])('the error page for %i explains the problem', (status, title) => {
  const page = errorPage({ site, status })
  expect(page).toContain(title)
  expect(page).toContain(`>${status}<`)
})
