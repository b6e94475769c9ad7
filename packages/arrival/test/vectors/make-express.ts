import cookieSession from 'cookie-session'
import express, { type RequestHandler } from 'express'
import session, { MemoryStore, type SessionOptions } from 'express-session'
import { cookieFrom } from './serve.ts'
import { DATA, OLD_SECRETS, type Vector } from './vectors.ts'

const FLASH = { info: ['Saved', 'Twice'], error: ['Not so'] }

/** Vectors of express-session and cookie-session. */
export async function expressVectors(): Promise<Record<string, Vector>> {
  return {
    'express-session': await expressSession({}),
    'express-session, permanent': await expressSession({ cookie: { maxAge: 86_400_000 } }),
    'express-session, older secret': await expressSession({ secret: OLD_SECRETS.slice(1) }),
    'express-session, flash': await expressSession({}, { flash: FLASH, csrfSecret: 'c', ...DATA }),
    'cookie-session': await ofCookie({ keys: OLD_SECRETS }),
    'cookie-session, older secret': await ofCookie({ secret: OLD_SECRETS[1] }),
    'cookie-session, renamed': await ofCookie({ keys: OLD_SECRETS, name: 'shop' }),
  }
}

async function expressSession(options: Partial<SessionOptions>, data: object = DATA): Promise<Vector> {
  const store = new MemoryStore()
  const app = express()
  app.use(session({ secret: OLD_SECRETS, resave: false, saveUninitialized: false, store, ...options }))
  app.use(fill('session', data))
  const cookie = await cookieFrom(app)
  const { sessions } = store as unknown as { readonly sessions: Readonly<Record<string, string>> }
  const records = Object.entries(sessions).map(([id, text]) => [id, JSON.parse(text) as unknown])
  return { cookie, records: Object.fromEntries(records) as Record<string, unknown> }
}

async function ofCookie(options: CookieSessionInterfaces.CookieSessionOptions): Promise<Vector> {
  const app = express()
  app.use(cookieSession(options))
  app.use(fill('session', DATA))
  return { cookie: await cookieFrom(app) }
}

const fill =
  (name: 'session', data: object): RequestHandler =>
  (req, res) => {
    Object.assign((req as unknown as Record<typeof name, object>)[name], data)
    res.end()
  }
