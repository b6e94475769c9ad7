import { attachSession } from '@keepsake/node-http'
import { type NodeHost, adapterSuite, type Exchange, exchangeOf, formOf } from '@keepsake/testing'
import Koa from 'koa'
import Koa2 from 'koa2'
import { crossOriginGuard, session } from '../src/index.ts'

const hostOf =
  (App: typeof Koa): NodeHost['listener'] =>
  (sessions, handler, { guard }) => {
    const app = Object.assign(new App(), { silent: true }).use(session(sessions))
    if (guard !== undefined) {
      app.use(async (ctx, next) => {
        Object.assign(ctx.request, { body: await formOf(ctx.req) })
        await next()
      })
      app.use(crossOriginGuard(guard))
    }
    app.use((ctx) => {
      const fail = (error: unknown): void => ctx.onerror(error as Error)
      const attach: Exchange['attach'] = (others) => attachSession(others, ctx.req, ctx.res, fail)
      const send: Exchange['send'] = (body) => void (ctx.body = body)
      const verbs = { redirect: ctx.redirect.bind(ctx), takeOver: () => void (ctx.respond = false) }
      return handler(exchangeOf(ctx.req, ctx.res, () => ctx.session, { ...verbs, attach, send }))
    })
    return app.callback()
  }
adapterSuite({ name: 'Koa 3', listener: hostOf(Koa) })
adapterSuite({ name: 'Koa 3', listener: hostOf(Koa), protocol: 'h2' })
adapterSuite({ name: 'Koa 2', listener: hostOf(Koa2) }) // Koa 2 itself does not answer HEAD over HTTP/2
