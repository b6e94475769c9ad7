import type { Sessions } from '@keepsake/core'
import { session, sessionStatus } from '@keepsake/hono'
import { answerOthers, cartRoutes, pages, visitorOf } from 'example-hono-cart'
import {
  type Accounts,
  type Action,
  createDesk,
  createStorefront,
  type Desk,
  LIVE_PATH,
  liveResponse,
  liveScript,
  type ShopSession,
  STATUS_PATH,
} from 'example-shop'
import { sessionScript } from 'example-shop/session-script'
import { type Handler, Hono } from 'hono'

export interface AppOptions {
  readonly sessions: Sessions<ShopSession>
  readonly accounts: Accounts
}

/** The shop with a cart and accounts: `c.get('session').subject` is the logged-in user. */
export function createApp({ sessions, accounts }: AppOptions): Hono {
  const shop = createStorefront({ sessions, framework: 'Hono', scope: 'login', hasSessionScript: true })
  const app = answerOthers(new Hono(), shop)
  app.all(STATUS_PATH, sessionStatus(sessions))
  app.use(session(sessions, { extend: (c) => c.req.path !== LIVE_PATH }), ...pages)
  app.route('/', cartRoutes(shop))
  app.route('/', loginRoutes(createDesk({ shop, sessions, accounts })))
  return app
}

function loginRoutes(desk: Desk): Hono {
  const routes = new Hono()
  routes.get('/login', answer(desk.showLogin))
  routes.post('/login', answer(desk.login))
  routes.post('/logout', answer(desk.logout))
  routes.post('/logout/everywhere', answer(desk.logoutEverywhere))
  routes.get('/account', answer(desk.showAccount))
  routes.get('/devices', answer(desk.showDevices))
  routes.post('/devices/revoke', answer(desk.revoke))
  routes.post('/devices/revoke-others', answer(desk.revokeOthers))
  routes.get('/password', answer(desk.showPassword))
  routes.post('/password/confirm', answer(desk.confirm))
  routes.post('/password', answer(desk.changePassword))

  routes.get('/live.js', (c) =>
    c.body(liveScript, 200, {
      'Cache-Control': 'no-cache',
      'Content-Type': 'text/javascript; charset=utf-8',
    }),
  )
  const script = sessionScript()
  routes.get('/session.js', (c) =>
    c.body(script, 200, {
      'Cache-Control': 'no-cache',
      'Content-Type': 'text/javascript; charset=utf-8',
    }),
  )
  routes.get(LIVE_PATH, (c) => liveResponse(c.get('session'), c.req.method))
  return routes
}

const answer =
  (act: Action): Handler =>
  async (c) => {
    const given = await act(visitorOf(c), await c.req.parseBody())
    if (given.seeOther !== undefined) return c.redirect(given.seeOther, 303)
    return c.html(given.page, given.status as 200, given.headers)
  }
