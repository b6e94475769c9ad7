import type { IncomingMessage, ServerResponse } from 'node:http'
import { session as keepsakeSession } from '@keepsake/express'
import cookieSession from 'cookie-session'
import express from 'express'
import { getIronSession } from 'iron-session'
import { expressTurn } from './express-turn.ts'
import { koaListener } from './koa.ts'
import type { Peer } from './peer.ts'

const cookieSessionPeer: Peer = {
  name: 'cookie-session',
  listener: (handler, { secret, seconds }) =>
    express()
      .use(cookieSession({ keys: [secret], maxAge: seconds * 1000 }))
      .use((req, res) =>
        handler(expressTurn(req, res, () => ((req as { session: object | null }).session = null))),
      ),
}

const koaSessionPeer: Peer = {
  name: 'koa-session',
  listener: (handler, setup) => koaListener(handler, setup, undefined),
}

const ironSessionPeer: Peer = {
  name: 'iron-session',
  listener: (handler, { secret, seconds }) => {
    const options = { password: secret, cookieName: 'session', ttl: seconds }
    const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      const session = await getIronSession<Record<string, string | undefined>>(request, response, options)
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
      await handler({
        path: pathname,
        query: searchParams,
        session,
        send: (text) => response.end(text),
        redirect: (to) => response.writeHead(302, { Location: to }).end(),
        end: () => session.destroy(),
        save: () => session.save(),
      })
    }
    return (request, response) => {
      answer(request, response).catch(() => response.writeHead(500).end('failed'))
    }
  },
}

const keepsakePeer: Peer = {
  name: 'Keepsake',
  listener: (handler, { secret, seconds }) =>
    express()
      .use(keepsakeSession({ secrets: [secret], lifetime: { idle: seconds, absolute: seconds } } as never))
      .use((req, res) => handler(expressTurn(req, res, () => req.session.logout()))),
}

/** Libraries that keep the session in the cookie. */
export const inCookie: readonly Peer[] = [cookieSessionPeer, koaSessionPeer, ironSessionPeer, keepsakePeer]
