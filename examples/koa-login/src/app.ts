import type { Sessions } from '@keepsake/core'
import { session, sessionStatus } from '@keepsake/koa'
import { Router } from '@koa/router'
import { cartRoutes, pages, seeOther } from 'example-koa-cart'
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
import Koa, { type Middleware } from 'koa'

export interface AppOptions {
  readonly sessions: Sessions<ShopSession>
  readonly accounts: Accounts
}

/** The shop with a cart and accounts: `ctx.session.subject` is the logged-in user. */
export function createApp({ sessions, accounts }: AppOptions): Koa {
  const shop = createStorefront({ sessions, framework: 'Koa', scope: 'login', hasSessionScript: true })
  const app = new Koa()
  app.use(new Router().all(STATUS_PATH, sessionStatus(sessions)).routes())
  app.use(session(sessions, { extend: (ctx) => ctx.path !== LIVE_PATH }))
  for (const middleware of pages(shop)) app.use(middleware)
  app.use(cartRoutes(shop).routes())
  app.use(loginRoutes(createDesk({ shop, sessions, accounts })).routes())
  return app
}

function loginRoutes(desk: Desk): Router {
  const routes = new Router()
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

  routes.get('/live.js', (ctx) => {
    ctx.set('Cache-Control', 'no-cache')
    ctx.type = 'js'
    ctx.body = liveScript
  })
  const script = sessionScript()
  routes.get('/session.js', (ctx) => {
    ctx.set('Cache-Control', 'no-cache')
    ctx.type = 'js'
    ctx.body = script
  })
  routes.get(LIVE_PATH, (ctx) => {
    // Koa would report every client that disconnects as a stream error.
    ctx.respond = false
    ctx.status = 200
    sendLive(ctx.session, ctx.res)
  })
  return routes
}

const answer =
  (act: Action): Middleware =>
  async (ctx) => {
    const given = await act(ctx, ctx.request.body)
    if (given.seeOther !== undefined) return seeOther(ctx, given.seeOther)
    ctx.status = given.status
    ctx.set(given.headers)
    ctx.body = given.page
  }
