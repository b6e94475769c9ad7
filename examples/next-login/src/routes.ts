import { html, type Route, seeOther } from 'example-next-cart/page'
import {
  type Action,
  createAccounts,
  createDesk,
  createStorefront,
  type Desk,
  liveScript,
} from 'example-shop'
import { sharedSessions } from 'example-next-cart/session'

export const shop = () =>
  createStorefront({ sessions: sharedSessions(), framework: 'Next.js', scope: 'login' })

const accounts = createAccounts()

const answer =
  (actionOf: (desk: Desk) => Action): Route =>
  async (call) => {
    const desk = createDesk({ shop: call.shop, sessions: sharedSessions(), accounts: await accounts })
    const given = await actionOf(desk)(call.visitor, call.fields)
    if (given.seeOther !== undefined) return seeOther(given.seeOther)
    return html(given.page, given.status, given.headers)
  }

/** Accounts: `session.subject` is the logged-in user. */
export const loginRoutes: Readonly<Record<string, Route>> = {
  'GET /login': answer((desk) => desk.showLogin),
  'POST /login': answer((desk) => desk.login),
  'POST /logout': answer((desk) => desk.logout),
  'POST /logout/everywhere': answer((desk) => desk.logoutEverywhere),
  'GET /account': answer((desk) => desk.showAccount),
  'GET /devices': answer((desk) => desk.showDevices),
  'POST /devices/revoke': answer((desk) => desk.revoke),
  'POST /devices/revoke-others': answer((desk) => desk.revokeOthers),
  'GET /password': answer((desk) => desk.showPassword),
  'POST /password/confirm': answer((desk) => desk.confirm),
  'POST /password': answer((desk) => desk.changePassword),

  'GET /live.js': () =>
    new Response(liveScript, {
      headers: { 'Cache-Control': 'no-cache', 'Content-Type': 'text/javascript; charset=utf-8' },
    }),
}
