import type { Store as KeepsakeStore } from '@keepsake/core'
import { revisionOf } from '@keepsake/core/store'
import { session as keepsakeSession } from '@keepsake/express'
import express from 'express'
import expressSession, { type SessionData, Store } from 'express-session'
import { expressTurn } from './express-turn.ts'
import { koaListener } from './koa.ts'
import type { Backend, Peer } from './peer.ts'

/** An express-session store over the shared backend. */
class ExpressStore extends Store {
  readonly #backend: Backend

  constructor(backend: Backend) {
    super()
    this.#backend = backend
  }

  override get(id: string, done: (error: unknown, session?: SessionData | null) => void): void {
    this.#backend.calls++
    const text = this.#backend.records.get(id)
    setImmediate(() => done(null, text === undefined ? null : (JSON.parse(text) as SessionData)))
  }

  override set(id: string, session: SessionData, done?: (error?: unknown) => void): void {
    this.#backend.calls++
    const text = JSON.stringify(session)
    const write = async (): Promise<void> => {
      await this.#backend.write()
      this.#backend.records.set(id, text)
    }
    write().then(
      () => done?.(),
      (error: unknown) => done?.(error),
    )
  }

  override destroy(id: string, done?: (error?: unknown) => void): void {
    this.#backend.calls++
    this.#backend.records.delete(id)
    setImmediate(() => done?.())
  }

  override touch(_id: string, _session: SessionData, done?: () => void): void {
    this.#backend.calls++
    setImmediate(() => done?.())
  }
}

const expressSessionPeer: Peer = {
  name: 'express-session',
  listener: (handler, { secret, seconds, backend }) => {
    const cookie = { maxAge: seconds * 1000 }
    const store = new ExpressStore(backend)
    return express()
      .use(expressSession({ secret, store, cookie, resave: false, saveUninitialized: false }))
      .use((req, res) =>
        handler(expressTurn(req, res, () => new Promise((done) => req.session.destroy(done)))),
      )
      .use(quietly)
  },
}

/** Reports errors in the response, without printing to standard error. */
const quietly: express.ErrorRequestHandler = (_error, _req, res, next) => {
  if (res.headersSent) next()
  else res.status(500).send('failed')
}

const koaSessionPeer: Peer = {
  name: 'koa-session',
  listener: (handler, setup) => {
    const { backend } = setup
    return koaListener(handler, setup, {
      async get(key) {
        backend.calls++
        const text = backend.records.get(key)
        return text === undefined ? undefined : (JSON.parse(text) as unknown)
      },
      async set(key, session) {
        backend.calls++
        await backend.write()
        backend.records.set(key, JSON.stringify(session))
      },
      async destroy(key) {
        backend.calls++
        backend.records.delete(key)
      },
    })
  },
}

/** A Keepsake store over the shared backend. */
function keepsakeStore(backend: Backend): KeepsakeStore {
  const { records } = backend
  return {
    async read(key) {
      backend.calls++
      return records.get(key)
    },
    async create(key, { text }) {
      backend.calls++
      await backend.write()
      records.set(key, text)
      return true
    },
    async replace(key, revision, { text, expiresAt }) {
      backend.calls++
      await backend.write()
      const standing = records.get(key)
      if (standing === undefined || revisionOf(standing) !== revision) return false
      if (expiresAt <= Date.now()) records.delete(key)
      else records.set(key, text)
      return true
    },
    async delete(key) {
      backend.calls++
      records.delete(key)
    },
  }
}

const keepsakePeer: Peer = {
  name: 'Keepsake',
  listener: (handler, { secret, seconds, backend }) => {
    const lifetime = { idle: seconds, absolute: seconds }
    return express()
      .use(keepsakeSession({ secrets: [secret], store: keepsakeStore(backend), lifetime } as never))
      .use((req, res) => handler(expressTurn(req, res, () => req.session.logout())))
      .use(quietly)
  },
}

/** Libraries that keep the session in a store, all over the same backend. */
export const inStore: readonly Peer[] = [expressSessionPeer, koaSessionPeer, keepsakePeer]
