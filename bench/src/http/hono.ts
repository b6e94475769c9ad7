import { getRequestListener } from '@hono/node-server'
import { type Session as UpdatedSession, useSession, useSessionStorage } from '@hono/session'
import { memoryStore } from '@keepsake/core'
import { session } from '@keepsake/hono'
import { type Context, type Handler, Hono, type MiddlewareHandler } from 'hono'
import { CookieStore, MemoryStore, type Session as KeyedSession, sessionMiddleware } from 'hono-sessions'
import { SECRET, type ShopData } from '../data.ts'
import { type AnySession, answer, type Holder, type Variant } from './variants.ts'

/** The page of an application: the behavior of `answer`, with the session API of its library. */
type Page = (fill: ShopData) => Handler

function variant(name: string, page: Page, ...middleware: readonly MiddlewareHandler[]): Variant {
  return {
    framework: 'Hono 4',
    name,
    listener(fill) {
      const app = new Hono()
      for (const handler of middleware) app.use(handler)
      app.get('/:use', page(fill))
      const handle = getRequestListener(app.fetch)
      return (request, response) => void handle(request, response)
    },
  }
}

/** Accesses `c.get('session')` only where a page does. */
class Variables implements Holder {
  readonly #c: Context

  constructor(c: Context) {
    this.#c = c
  }

  get session(): AnySession | undefined {
    return this.#c.get('session') as AnySession | undefined
  }
}

const plain: Page = (fill) => (c) => c.text(answer(c.req.path, new Variables(c), fill))

/** For @hono/session, which loads and replaces the data as a whole. */
const updating: Page = (fill) => async (c) => {
  const { path } = c.req
  const current = c.get('session') as unknown as UpdatedSession<AnySession>
  if (path === '/read') return c.text(`${(await current.get())?.visits} visits\n`)
  if (path === '/write') {
    await current.update((data) => ({ ...data, visits: (data?.visits ?? 0) + 1 }))
    return c.text(`${current.data?.visits} visits\n`)
  }
  if (path === '/fill') await current.update(fill)
  return c.text('17 visits\n')
}

/** For hono-sessions, whose middleware has already opened the session. */
const keyed: Page = (fill) => (c) => {
  const { path } = c.req
  const current = c.get('session') as unknown as KeyedSession<ShopData>
  if (path === '/read') return c.text(`${current.get('visits')} visits\n`)
  if (path === '/write') {
    const visits = (current.get('visits') ?? 0) + 1
    current.set('visits', visits)
    return c.text(`${visits} visits\n`)
  }
  if (path === '/fill') for (const [key, value] of Object.entries(fill)) current.set(key, value)
  return c.text('17 visits\n')
}

/** @hono/session has no store of its own: this is the one of its README, over a Map. */
function mapStorage(): MiddlewareHandler {
  const sessions = new Map<string, ShopData>()
  return useSessionStorage<ShopData, { Variables: object }>({
    get: (id) => sessions.get(id) ?? null,
    set: (id, data) => void sessions.set(id, data),
    delete: (id) => void sessions.delete(id),
  })
}

/** With the lifetime that its README recommends: without one, it encrypts the cookie of a stored session on each write. */
const honoSession = (): MiddlewareHandler =>
  useSession<ShopData>({ secret: SECRET, duration: { absolute: 3600 } }) as MiddlewareHandler

const COOKIE = { path: '/', httpOnly: true, sameSite: 'Lax' } as const

/** With as few writes as possible: by default, it writes the time of each request into the session. */
function honoSessions(store: CookieStore | MemoryStore, encryptionKey?: string): MiddlewareHandler {
  const options = { store, autoExtendExpiration: false, cookieOptions: COOKIE }
  return sessionMiddleware(encryptionKey === undefined ? options : { ...options, encryptionKey })
}

export const honoVariants = (): readonly Variant[] => [
  variant('bare', plain),
  variant('keepsake, sealed', plain, session({ secrets: [SECRET], revocation: 'none' } as never)),
  variant('@hono/session, cookie', updating, honoSession()),
  variant('hono-sessions, cookie', keyed, honoSessions(new CookieStore(), SECRET)),
  variant('keepsake, memory', plain, session({ secrets: [SECRET], store: memoryStore() } as never)),
  variant('@hono/session, memory', updating, mapStorage(), honoSession()),
  variant('hono-sessions, memory', keyed, honoSessions(new MemoryStore(), SECRET)),
  variant('hono-sessions with a plain id, memory', keyed, honoSessions(new MemoryStore())),
]
