import type { Sessions } from '@keepsake/core'
import { sessionStatus, withSession } from '@keepsake/node-http'
import { cartRoutes, type Listener, type Routes, seeOther, sendAsset, serve } from 'example-node-http-cart'
import {
  type Accounts,
  type Action,
  createDesk,
  createStorefront,
  type Desk,
  LIVE_PATH,
  liveScript,
  sendLive,
  type ShopSession,
  STATUS_PATH,
} from 'example-shop'
import { sessionScript } from 'example-shop/session-script'

export interface AppOptions {
  readonly sessions: Sessions<ShopSession>
  readonly accounts: Accounts
}

/** The shop with a cart and accounts: `session.subject` is the logged-in user. */
export function createApp({ sessions, accounts }: AppOptions): Listener {
  const shop = createStorefront({ sessions, framework: 'node:http', scope: 'login', hasSessionScript: true })
  const desk = createDesk({ shop, sessions, accounts })
  const status = sessionStatus(sessions)
  const pages = withSession(sessions, serve(shop, { ...cartRoutes(shop), ...loginRoutes(desk) }), {
    extend: ({ url }) => pathOf(url) !== LIVE_PATH,
  })
  return (request, response) =>
    pathOf(request.url) === STATUS_PATH ? status(request, response) : pages(request, response)
}

const pathOf = (url: string | undefined): string | undefined => url?.split('?', 1)[0]

const loginRoutes = (desk: Desk, script = sessionScript()): Routes => ({
  'GET /login': answerWith(desk.showLogin),
  'POST /login': answerWith(desk.login),
  'POST /logout': answerWith(desk.logout),
  'POST /logout/everywhere': answerWith(desk.logoutEverywhere),
  'GET /account': answerWith(desk.showAccount),
  'GET /devices': answerWith(desk.showDevices),
  'POST /devices/revoke': answerWith(desk.revoke),
  'POST /devices/revoke-others': answerWith(desk.revokeOthers),
  'GET /password': answerWith(desk.showPassword),
  'POST /password/confirm': answerWith(desk.confirm),
  'POST /password': answerWith(desk.changePassword),

  'GET /live.js': ({ response }) => sendAsset(response, 'text/javascript', liveScript),
  'GET /session.js': ({ response }) => sendAsset(response, 'text/javascript', script),
  [`GET ${LIVE_PATH}`]: ({ session, response }) => sendLive(session, response),
})

const answerWith =
  (act: Action): Routes[string] =>
  async (exchange) => {
    const { response, form } = exchange
    const given = await act(exchange, form)
    if (given.seeOther === undefined) response.writeHead(given.status, given.headers).end(given.page)
    else seeOther(response, given.seeOther)
  }
