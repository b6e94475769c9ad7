import express, { type Express, type RequestHandler } from 'express'
import session from 'express-session'

export const SECRET = 'kq2Yw0bT7mXvR4cJ9sLz1eUoP6hNdFgA5iVtB8yCxWE'

/** express-session as its page tells to mount it. */
export const expressSession = (options: Partial<Parameters<typeof session>[0]> = {}): RequestHandler =>
  session({ secret: SECRET, resave: false, saveUninitialized: false, ...options })

/** Counts the visits of a session, of whichever library. */
export const count: RequestHandler = (req, res) => {
  req.session['visits'] = Number(req.session['visits'] ?? 0) + 1
  res.send(`visit ${String(req.session['visits'])}`)
}

/** Express with these on all paths. */
export function expressApp(...handlers: readonly RequestHandler[]): Express {
  const app = express()
  // Its own errors are not for the log of the tests.
  app.set('env', 'test')
  for (const handler of handlers) app.use(handler)
  return app
}

export const withTrust = (app: Express): Express => app.set('trust proxy', 1)
