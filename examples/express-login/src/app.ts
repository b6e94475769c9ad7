import type { Sessions } from '@keepsake/core'
import { crossOriginGuard, session, sessionStatus } from '@keepsake/express'
import { cartRoutes, failed, missing } from 'example-express-cart'
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
import express, { type Express, type RequestHandler, Router } from 'express'

export interface AppOptions {
  readonly sessions: Sessions<ShopSession>
  readonly accounts: Accounts
}

/** The shop with a cart and accounts: `req.session.subject` is the logged-in user. */
export function createApp({ sessions, accounts }: AppOptions): Express {
  const shop = createStorefront({ sessions, framework: 'Express', scope: 'login', hasSessionScript: true })
  const app = express()
  app.disable('x-powered-by')
  app.all(STATUS_PATH, sessionStatus(sessions))
  app.use(session(sessions, { extend: (req) => req.path !== LIVE_PATH }), crossOriginGuard())
  app.use(cartRoutes(shop))
  app.use(loginRoutes(createDesk({ shop, sessions, accounts })))
  app.use(missing(shop), failed(shop))
  return app
}

function loginRoutes(desk: Desk): Router {
  const routes = Router()
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

  routes.get('/live.js', (_req, res) => {
    res.set('Cache-Control', 'no-cache').type('js').send(liveScript)
  })
  const script = sessionScript()
  routes.get('/session.js', (_req, res) => {
    res.set('Cache-Control', 'no-cache').type('js').send(script)
  })
  routes.get(LIVE_PATH, (req, res) => sendLive(req.session, res))
  return routes
}

const answer =
  (act: Action): RequestHandler =>
  async (req, res) => {
    const given = await act(req, req.body)
    if (given.seeOther === undefined) res.status(given.status).set(given.headers).send(given.page)
    else res.redirect(303, given.seeOther)
  }
