import { session } from '@keepsake/express'
import cookieSession from 'cookie-session'
import express, { type RequestHandler } from 'express'
import { getIronSession } from 'iron-session'
import { SECRET } from '../data.ts'
import type { Backend } from './backends.ts'
import { expressSessionOn } from './rivals.ts'
import { type AnySession, answer, type Holder, type Variant } from './variants.ts'

function variant(name: string, ...middleware: readonly RequestHandler[]): Variant {
  return {
    framework: 'Express 5',
    name,
    listener(fill) {
      const app = express().disable('x-powered-by').disable('etag')
      for (const handler of middleware) app.use(handler)
      app.get('/:use', (request, response) => {
        const body = answer(request.url, request as Holder, fill)
        response.type('text').send(body)
      })
      return app
    },
  }
}

/** As global middleware it must open the session before the handler runs, and seal it before the response is sent. */
const iron: RequestHandler = async (request, response, next) => {
  const options = { password: SECRET, cookieName: 'session' }
  const session = await getIronSession<AnySession>(request, response, options)
  Object.defineProperty(request, 'session', { value: session, configurable: true })
  const { send } = response
  response.send = (body: unknown): typeof response => {
    if (request.url === '/read' || request.url === '/untouched') return send.call(response, body)
    session.save().then(() => send.call(response, body), next)
    return response
  }
  next()
}

// The rivals' types are loaded here too, and clash with the argument of our `session`.
export const expressVariants = (backends: readonly Backend[]): readonly Variant[] => [
  variant('bare'),
  // What Express's router allocates for any middleware.
  variant('bare, with middleware', (_request, _response, next) => next()),
  variant('keepsake, sealed', session({ secrets: [SECRET], revocation: 'none' } as never)),
  ...backends.map(({ name, own }) =>
    variant(`keepsake, ${name}`, session({ secrets: [SECRET], store: own() } as never)),
  ),
  variant('cookie-session', cookieSession({ keys: [SECRET] })),
  ...backends.map(({ name, rival }) => variant(`express-session, ${name}`, expressSessionOn(rival()))),
  variant('iron-session', iron),
]
