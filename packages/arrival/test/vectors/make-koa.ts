import Keygrip from 'keygrip'
import Koa from 'koa'
import session, { createSession } from 'koa-session'
import { cookieFrom } from './serve.ts'
import { DATA, OLD_SECRETS, type Vector } from './vectors.ts'

void session
type Options = Parameters<typeof createSession>[0]

/** Vectors of koa-session. */
export async function koaVectors(): Promise<Record<string, Vector>> {
  const records: Record<string, unknown> = {}
  const store = {
    get: async (key: string) => records[key] as object,
    set: async (key: string, value: object) => void (records[key] = value),
    destroy: async (key: string) => void delete records[key],
  }
  return {
    'koa-session': await ofKoa({}),
    'koa-session, browser': await ofKoa({ maxAge: 'session' }),
    'koa-session, older secret': await ofKoa({}, OLD_SECRETS.slice(1)),
    'koa-session, sha256': await ofKoa({}, new Keygrip(OLD_SECRETS, 'sha256')),
    'koa-session, store': { ...(await ofKoa({ store: store as never })), records },
  }
}

async function ofKoa(options: Options, keys: string[] | Keygrip = OLD_SECRETS): Promise<Vector> {
  const app = new Koa()
  app.keys = keys
  app.use(createSession(options, app))
  app.use((ctx) => {
    Object.assign(ctx.session ?? {}, DATA)
    ctx.body = 'ok'
  })
  return { cookie: await cookieFrom(app.callback()) }
}
