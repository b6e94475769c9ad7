import express, { type Express, type RequestHandler } from 'express'
import session from 'express-session'

export const SECRET = 'kq2Yw0bT7mXvR4cJ9sLz1eUoP6hNdFgA5iVtB8yCxWE'

/** express-session, mounted as its README shows. */
export const expressSession = (options: Partial<Parameters<typeof session>[0]> = {}): RequestHandler =>
  session({ secret: SECRET, resave: false, saveUninitialized: false, ...options })

/** Counts the visits of a session, with any library. */
export const count: RequestHandler = (req, res) => {
  req.session['visits'] = Number(req.session['visits'] ?? 0) + 1
  res.send(`visit ${String(req.session['visits'])}`)
}

/** An Express application with these handlers on all paths. */
export function expressApp(...handlers: readonly RequestHandler[]): Express {
  const app = express()
  // Keeps expected errors out of the test log.
  app.set('env', 'test')
  for (const handler of handlers) app.use(handler)
  return app
}

export const withTrust = (app: Express): Express => app.set('trust proxy', 1)
