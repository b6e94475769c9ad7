import type { Sessions } from '@keepsake/core'
import { session, sessionStatus } from '@keepsake/fastify'
import { cartRoutes, type Listener, listenerOf, pages, seeOther } from 'example-fastify-cart'
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
import { fastify, type FastifyPluginAsync, type RouteHandlerMethod } from 'fastify'

export interface AppOptions {
  readonly sessions: Sessions<ShopSession>
  readonly accounts: Accounts
}

/** The shop with a cart and accounts: `request.session.subject` is the logged-in user. */
export async function createApp({ sessions, accounts }: AppOptions): Promise<Listener> {
  const shop = createStorefront({ sessions, framework: 'Fastify', scope: 'login', hasSessionScript: true })
  const app = fastify()
  app.all(STATUS_PATH, sessionStatus(sessions))
  await app.register(session(sessions, { extend: ({ url }) => url !== LIVE_PATH }))
  await app.register(pages(shop))
  await app.register(cartRoutes(shop))
  await app.register(loginRoutes(createDesk({ shop, sessions, accounts })))
  return listenerOf(app)
}

const loginRoutes =
  (desk: Desk): FastifyPluginAsync =>
  async (routes) => {
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

    routes.get('/live.js', (_request, reply) =>
      reply.header('Cache-Control', 'no-cache').type('text/javascript; charset=utf-8').send(liveScript),
    )
    const script = sessionScript()
    routes.get('/session.js', (_request, reply) =>
      reply.header('Cache-Control', 'no-cache').type('text/javascript; charset=utf-8').send(script),
    )
    routes.get(LIVE_PATH, (request, reply) => {
      reply.hijack()
      sendLive(request.session, reply.raw)
    })
  }

const answer =
  (act: Action): RouteHandlerMethod =>
  async (request, reply) => {
    const given = await act(request, request.body)
    if (given.seeOther !== undefined) return seeOther(reply, given.seeOther)
    return reply.code(given.status).headers(given.headers).send(given.page)
  }
