import type { RequestHandler } from 'express'
import expressSession from 'express-session'
import { SECRET } from '../data.ts'

/** express-session, configured for as few writes as possible. */
export function expressSessionOn(store: expressSession.Store): RequestHandler {
  return expressSession({ secret: SECRET, store, resave: false, saveUninitialized: false })
}

const HOUR_MS = 3_600_000

type Done<T> = (error: unknown, value?: T) => void

const settled = <T>(act: (done: Done<T>) => void): Promise<T | undefined> =>
  new Promise((resolve, reject) =>
    act((error, value) => {
      if (error) reject(error)
      else resolve(value)
    }),
  )

/** A store of express-session for koa-session, so that both use the same backend. */
export function koaStoreOn(store: expressSession.Store) {
  return {
    get: (key: string) => settled<object | null>((done) => store.get(key, done)),
    async set(key: string, value: object): Promise<void> {
      const cookie = new expressSession.Cookie()
      cookie.maxAge = HOUR_MS
      await settled((done) => store.set(key, { ...value, cookie }, done))
    },
    async destroy(key: string): Promise<void> {
      await settled((done) => store.destroy(key, done))
    },
  }
}
