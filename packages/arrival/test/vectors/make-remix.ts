import { createCookie } from '@remix-run/cookie'
import { createSession } from '@remix-run/session'
import { createCookieSessionStorage as remixInCookie } from '@remix-run/session/cookie-storage'
import { createMemorySessionStorage as remixInMemory } from '@remix-run/session/memory-storage'
import { createCookieSessionStorage, createSessionStorage } from 'react-router'
import { headerOf } from './serve.ts'
import { DATA, OLD_SECRETS, type Vector } from './vectors.ts'

/** Vectors of React Router and of Remix 3. */
export async function remixVectors(): Promise<Record<string, Vector>> {
  return {
    'react-router': await ofRouter(OLD_SECRETS),
    'react-router, older secret': await ofRouter(OLD_SECRETS.slice(1)),
    'react-router, store': await ofRouterStore(),
    remix: await ofRemix('in its cookie'),
    'remix, store': await ofRemix('in a store'),
  }
}

async function ofRouter(secrets: string[]): Promise<Vector> {
  const storage = createCookieSessionStorage({ cookie: { name: '__session', secrets } })
  const session = await storage.getSession()
  for (const [key, value] of Object.entries(DATA)) session.set(key, value)
  session.flash('info', 'Saved')
  return { cookie: headerOf([await storage.commitSession(session)]) }
}

async function ofRouterStore(): Promise<Vector> {
  const records: Record<string, unknown> = {}
  const storage = createSessionStorage({
    cookie: { name: '__session', secrets: OLD_SECRETS },
    async createData(data) {
      records['record-1'] = data
      return 'record-1'
    },
    readData: async () => null,
    updateData: async () => undefined,
    deleteData: async () => undefined,
  })
  const session = await storage.getSession()
  for (const [key, value] of Object.entries(DATA)) session.set(key, value)
  return { cookie: headerOf([await storage.commitSession(session)]), records }
}

async function ofRemix(where: 'in its cookie' | 'in a store'): Promise<Vector> {
  const cookie = createCookie('__session', { secrets: OLD_SECRETS })
  const storage = where === 'in a store' ? remixInMemory() : remixInCookie()
  const session = createSession()
  for (const [key, value] of Object.entries(DATA)) session.set(key, value)
  session.flash('info', 'Saved')
  const value = (await storage.save(session)) ?? ''
  const header = headerOf([await cookie.serialize(value)])
  return where === 'in a store' ? { cookie: header, records: { [session.id]: session.data } } : { cookie: header }
}
