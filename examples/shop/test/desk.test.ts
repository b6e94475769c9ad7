import { createSessions, memoryStore, type SessionsOptions } from '@keepsake/core'
import { describe, expect, test } from 'vitest'
import { createAccounts, DEMO } from '../src/accounts.ts'
import type { Action, Answer } from '../src/answer.ts'
import { createDesk, type Desk } from '../src/desk.ts'
import type { ShopSession } from '../src/session.ts'
import { createStorefront } from '../src/storefront.ts'

const secrets = ['pV3xkQ7mT1zL9wR5yB2nC8dF4gH6jK0s']
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0'
const CURL = 'curl/8.11.0'
const MINUTE = 60_000

const accounts = await createAccounts({ N: 2, r: 1, p: 1 })

/** A browser with one cookie, and its own desk. */
type Browser = (action: Action, form?: Readonly<Record<string, string>>) => Promise<Answer>

type Where = Pick<SessionsOptions, 'store' | 'revocation'>

interface Scene {
  readonly desk: Desk
  readonly browser: (userAgent: string) => Browser
  readonly wait: (milliseconds: number) => void
}

async function setScene(where: Where): Promise<Scene> {
  let now = Date.now()
  const sessions = createSessions<ShopSession>({ secrets, ...where, now: () => now })
  const shop = createStorefront({ sessions, framework: 'Koa', scope: 'login' })
  const desk = createDesk({ shop, sessions, accounts })

  function browser(userAgent: string): Browser {
    let cookie: string | undefined
    return async (action, form) => {
      const visit = await sessions.open(cookie)
      const answer = await action(
        { session: visit.session, headers: { cookie, 'user-agent': userAgent } },
        form,
      )
      for (const [name, value] of await visit.close())
        if (name === 'Set-Cookie') cookie = value.split(';', 1)[0]
      return answer
    }
  }
  return { desk, browser, wait: (milliseconds) => (now += milliseconds) }
}

const ADA = { username: DEMO.username, password: DEMO.password }
const TO_LOGIN = { seeOther: '/login' }
const pageOf = (answer: Answer): string => (answer.seeOther === undefined ? answer.page : '')

/** The handles on a devices page, in order; the current device has none. */
const handlesIn = (answer: Answer): (string | undefined)[] =>
  [...pageOf(answer).matchAll(/name="handle" value="([^"]*)"/g)].map(([, handle]) => handle)

const stored = (): Where => ({ store: memoryStore() })
const sealed = (): Where => ({ revocation: memoryStore() })

test.each([
  'showAccount',
  'showDevices',
  'revoke',
  'revokeOthers',
  'showPassword',
  'confirm',
  'changePassword',
] as const)('%s redirects an anonymous visitor to the login', async (name) => {
  const { desk, browser } = await setScene(stored())
  expect(await browser(CURL)(desk[name])).toEqual(TO_LOGIN)
})

describe('the devices page with a store', () => {
  test('lets a user log out their own device, and no device of another user', async () => {
    const { desk, browser } = await setScene(stored())
    const [here, there, stranger] = [browser(FIREFOX), browser(CURL), browser(CURL)]
    for (const device of [there, here]) await device(desk.login, ADA)
    await stranger(desk.login, { ...ADA, username: 'grace' })
    const list = await here(desk.showDevices)
    expect(pageOf(list)).toMatch(/Firefox on Linux[^]*curl/)
    const [handle = ''] = handlesIn(list)
    await stranger(desk.revoke, { handle })
    expect(pageOf(await stranger(desk.showDevices))).toContain('That device is no longer logged in.')
    expect(await there(desk.showAccount)).toHaveProperty('page')
    await here(desk.revoke, { handle })
    expect(pageOf(await here(desk.showDevices))).toContain('That device is logged out.')
    expect(await there(desk.showAccount)).toEqual(TO_LOGIN)
  })

  test('says how many other devices were logged out', async () => {
    const { desk, browser } = await setScene(stored())
    const [here, ...others] = [browser(FIREFOX), browser(CURL), browser(CURL)] as const
    for (const device of [here, ...others]) await device(desk.login, ADA)
    await here(desk.revokeOthers)
    expect(pageOf(await here(desk.showDevices))).toContain('2 other devices are logged out.')
    await here(desk.revokeOthers)
    expect(pageOf(await here(desk.showDevices))).toContain('No other device was logged in.')
    for (const device of others) expect(await device(desk.showAccount)).toEqual(TO_LOGIN)
  })
})

test.each([
  ['in a store', () => stored(), 'refused it: ended.'],
  ['in its cookie, with revocation', () => sealed(), 'refused it: revoked.'],
  ['in its cookie, without', () => ({ revocation: 'none' as const }), 'still opens your session'],
])(
  'the page after a logout says whether a copied cookie still works for a session %s',
  async (_, where, said) => {
    const { desk, browser } = await setScene(where())
    const here = browser(FIREFOX)
    await here(desk.login, ADA)
    expect(await here(desk.logout, { copy: 'try' })).toEqual({ seeOther: '/' })
    expect(pageOf(await here(desk.showLogin))).toContain(said)
    expect(await here(desk.showAccount)).toEqual(TO_LOGIN)
  },
)

describe.each([
  ['in a store', stored, 'grace'],
  ['in cookies, with revocation', sealed, 'edsger'],
] as const)('the account pages, with sessions %s,', (_, where, username) => {
  test('log out the other devices with "everywhere else", and all devices with "everywhere"', async () => {
    const { desk, browser } = await setScene(where())
    const [here, there] = [browser(FIREFOX), browser(CURL)]
    for (const device of [here, there]) await device(desk.login, ADA)
    await here(desk.revokeOthers)
    expect(await there(desk.showAccount)).toEqual(TO_LOGIN)
    await there(desk.login, ADA)
    expect(await here(desk.showAccount)).toHaveProperty('page')
    expect(await here(desk.logoutEverywhere)).toEqual({ seeOther: '/' })
    for (const device of [here, there]) expect(await device(desk.showAccount)).toEqual(TO_LOGIN)
  })

  test('ask for the password again before they change it if the login was long ago', async () => {
    const { desk, browser, wait } = await setScene(where())
    const [here, there] = [browser(FIREFOX), browser(CURL)]
    const user = { ...ADA, username }
    for (const device of [here, there]) await device(desk.login, user)
    expect(pageOf(await here(desk.showPassword))).toContain('New password')
    wait(11 * MINUTE)
    expect(pageOf(await here(desk.showPassword))).toContain('Is it you?')
    expect(await here(desk.changePassword, { password: 'a-new-password' })).toEqual({ seeOther: '/password' })
    expect(await here(desk.confirm, { password: 'not-my-password' })).toMatchObject({ status: 422 })
    expect(await here(desk.changePassword, { password: 'a-new-password' })).toEqual({ seeOther: '/password' })
    await here(desk.confirm, { password: DEMO.password })
    const tooShort = await here(desk.changePassword, { password: 'short' })
    expect(tooShort).toMatchObject({ status: 422 })
    expect(pageOf(tooShort)).toContain('8 to 256 characters')
    expect(await there(desk.showAccount)).toHaveProperty('page')
    expect(await here(desk.changePassword, { password: 'a-new-password' })).toEqual({ seeOther: '/account' })
    expect(pageOf(await here(desk.showAccount))).toContain('Your password is changed')
    expect(await there(desk.showAccount)).toEqual(TO_LOGIN)
    expect(await there(desk.login, user)).toMatchObject({ status: 422 })
    await there(desk.login, { ...user, password: 'a-new-password' })
    expect(await there(desk.showAccount)).toHaveProperty('page')
  })
})
