import { expect, test } from 'vitest'
import { livePageHeaders, pageHeaders } from '../src/headers.ts'
import { accountPage } from '../src/pages/account.ts'
import { cartPage } from '../src/pages/cart.ts'
import { cataloguePage } from '../src/pages/catalogue.ts'
import { devicesPage } from '../src/pages/devices.ts'
import type { Site } from '../src/pages/layout.ts'
import { styles } from '../src/styles.ts'

test('the style sheet loads no external resources', () => {
  expect(styles).not.toMatch(/url\(|@import|@font-face/)
})

test('the style sheet has matching braces', () => {
  expect(styles.match(/\{/g)?.length).toBe(styles.match(/\}/g)?.length)
})

test('the style sheet defines every color it uses, and has a rule for every class of the catalogue, cart and panel', () => {
  for (const [, name] of styles.matchAll(/var\((--[a-z0-9-]+)\)/g)) expect(styles).toContain(`${name}:`)
  const site: Site = {
    framework: 'Koa',
    scope: 'login',
    cartCount: 1,
    user: 'ada',
    notices: [{ category: 'problem', message: 'x' }],
  }
  const pages = [
    cataloguePage({ site, visits: 2 }),
    cartPage({ site, cart: [{ sku: 'walden', qty: 1 }] }),
    accountPage({ site, account: { username: 'ada', since: new Date(0) }, permanent: false }),
    devicesPage({ site, devices: undefined, here: {} }),
  ].join('\n')
  const classes = new Set(
    [...pages.matchAll(/class="([^"]+)"/g)].flatMap(([, names]) => names?.split(' ') ?? []),
  )
  for (const name of classes) expect(styles).toMatch(new RegExp(`\\.${name}\\b`))
})

test('the headers of pages forbid scripts, frames and forms to other sites', () => {
  const policy = pageHeaders['Content-Security-Policy']
  for (const part of [
    "default-src 'none'",
    "style-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ])
    expect(policy).toContain(part)
  expect(policy).not.toMatch(/unsafe|script-src/)
  expect(livePageHeaders['Content-Security-Policy']).toBe(`${policy}; script-src 'self'; connect-src 'self'`)
})
