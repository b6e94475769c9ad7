import type { RequestListener } from 'node:http'
import Koa from 'koa'
import { createSession } from 'koa-session'
import type { Handler, Setup } from './peer.ts'

/** The store interface of koa-session. */
export interface KoaStore {
  get(key: string): Promise<unknown>
  set(key: string, session: unknown): Promise<void>
  destroy(key: string): Promise<void>
}

/** The properties that koa-session adds to the context. */
interface WithSession {
  session: Record<string, string | undefined> | null
}

export function koaListener(handler: Handler, setup: Setup, store: KoaStore | undefined): RequestListener {
  const app = new Koa()
  app.silent = true
  app.keys = [setup.secret]
  app.use(createSession({ maxAge: setup.seconds * 1000, ...(store && { store }) }, app))
  app.use((ctx) => {
    const context = ctx as typeof ctx & WithSession
    return handler({
      path: ctx.path,
      query: ctx.URL.searchParams,
      get session() {
        return context.session ?? {}
      },
      send: (text) => (ctx.body = text),
      redirect: (to) => ctx.redirect(to),
      end: () => (context.session = null),
      save: () => Promise.resolve(),
    })
  })
  const listener = app.callback()
  return (request, response) => void listener(request, response)
}
