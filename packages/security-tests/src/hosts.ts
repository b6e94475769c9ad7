import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Session, Sessions } from '@keepsake/core'
import { session as expressSession } from '@keepsake/express'
import { session as koaSession } from '@keepsake/koa'
import { withSession } from '@keepsake/node-http'
import { isAffected } from '@keepsake/test-services'
import express from 'express'
import Koa from 'koa'

type Data = Record<string, unknown>

/** What a request does with the session; the returned text is the response. */
export type Handle = (session: Session<Data>, path: string) => string | Promise<string>

type Listener = (request: IncomingMessage, response: ServerResponse) => unknown

/** The same application, with the same sessions and handler, on each framework. */
const HOSTS: Readonly<Record<string, (sessions: Sessions<Data>, handle: Handle) => Listener>> = {
  'node:http': (sessions, handle) =>
    withSession(sessions, async (request, response, session) => {
      response.end(await handle(session, request.url ?? ''))
    }),
  express: (sessions, handle) =>
    express()
      .use(expressSession(sessions))
      .use(async (req, res) => {
        res.end(await handle(req.session, req.url))
      }),
  koa: (sessions, handle) => {
    const app = new Koa()
    app.use(koaSession(sessions)).use(async (ctx) => {
      ctx.body = await handle(ctx.session, ctx.url)
    })
    return app.callback()
  },
}

/** The package that each host is tested for. */
const packageOf = (host: string): string => `@keepsake/${host.replace(':', '-')}`

/** Those that a change affects, if only its tests are run. */
export const hosts = Object.fromEntries(
  Object.entries(HOSTS).filter(([host]) => isAffected('@keepsake/security-tests', packageOf(host))),
)
