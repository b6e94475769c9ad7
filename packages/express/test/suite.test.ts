import { attachSession } from '@keepsake/node-http'
import { type NodeHost, adapterSuite, type Exchange, exchangeOf } from '@keepsake/testing'
import express from 'express'
import express4 from 'express4'
import { crossOriginGuard, session } from '../src/index.ts'

for (const [name, create] of Object.entries({ 'Express 5': express, 'Express 4': express4 })) {
  const listener: NodeHost['listener'] = (sessions, handler, { guard }) => {
    const app = create().use(session(sessions))
    if (guard !== undefined) app.use(create.urlencoded({ extended: false }), crossOriginGuard(guard))
    return app.use((req, res, next) => {
      const attach: Exchange['attach'] = (others) => attachSession(others, req, res, next)
      const send: Exchange['send'] = (body) => (typeof body === 'string' ? res.send(body) : body.pipe(res))
      const done = handler(
        exchangeOf(req, res, () => req.session, { attach, send, redirect: res.redirect.bind(res) }),
      )
      // Express 4 ignores the result of a handler.
      if (create === express4) Promise.resolve(done).catch(next)
      return done
    })
  }
  adapterSuite({ name, listener })
}
