import { memoryStore } from '@keepsake/core'
import { expect, it } from 'vitest'
import type { Client } from '../client.ts'
import { NO_STORE, SET, VARY } from '../lines.ts'
import { comparable, type Routes, type Stage } from '../stage.ts'

const ORIGIN = 'https://127.0.0.1/'

/** Routes, one of which waits until the test releases it. */
function createRoutes(): {
  readonly routes: Routes
  readonly reached: Promise<void>
  readonly go: () => void
} {
  const { promise: reached, resolve: reach } = Promise.withResolvers<void>()
  const { promise: released, resolve: go } = Promise.withResolvers<void>()
  const routes: Routes = {
    '/cart': ({ session, send }) => {
      session['cart'] = ['book']
      return send('put')
    },
    '/note': ({ session, send }) => {
      session['note'] = 'late'
      return send('noted')
    },
    '/slow': async ({ session, send }) => {
      session['slow'] = true
      reach()
      await released
      return send('slow')
    },
    '/regenerate': ({ session, send }) => {
      session.regenerate()
      return send('new')
    },
    '/login': ({ session, send }) => {
      session.login('alice')
      return send('in')
    },
    '/logout': ({ session, send }) => {
      session.logout({ clearSiteData: true })
      return send('you are logged out')
    },
    '/who': ({ session, send }) => send(`${session.subject} ${JSON.stringify(session)}`),
  }
  return { routes, reached, go }
}

/** A tab whose request left the browser before the last response arrived: it still has the previous cookie. */
const withOldCookie = async (client: Client, renewal: string): Promise<{ readonly Cookie: string }> => {
  const Cookie = client.jar.cookieFor(ORIGIN)
  await client.request(renewal)
  return { Cookie }
}

export function renewalScenarios({ serve, createSessions, fields }: Stage): void {
  const stored = (): ReturnType<typeof createSessions> => createSessions({ store: memoryStore() })

  it('keeps the changes of a request parallel to its regenerate, which sets no cookie', async () => {
    const { routes, reached, go } = createRoutes()
    const { client, visitor } = await serve(routes, stored())
    await client.request('/cart')
    const slow = visitor({ jar: client.jar }).request('/slow')
    await reached
    const renewing = await client.request('/regenerate')
    expect(comparable(renewing)).toEqual(fields(SET, VARY, NO_STORE))
    go()
    expect((await slow).values('set-cookie')).toEqual([])
    expect((await client.request('/who')).text).toBe('undefined {"cart":["book"],"slow":true}')
  })

  it('is not changed by a late request with the cookie from before its login, which gets a 409', async () => {
    const { routes } = createRoutes()
    const { client, visitor } = await serve(routes, stored())
    await client.request('/cart')
    const headers = await withOldCookie(client, '/login')
    const late = await visitor({ jar: client.jar }).request('/note', { headers })
    expect([late.status, comparable(late)]).toEqual([409, []])
    expect(late.text).not.toContain('noted')
    expect((await client.request('/who')).text).toBe('alice {}')
  })

  it('survives a logout with the cookie from before its regenerate, which gets a 409', async () => {
    const { routes } = createRoutes()
    const { client, visitor } = await serve(routes, stored())
    await client.request('/login')
    const headers = await withOldCookie(client, '/regenerate')
    const late = await visitor({ jar: client.jar }).request('/logout', { headers })
    expect([late.status, comparable(late)]).toEqual([409, []])
    expect(late.text).not.toContain('logged out')
    expect((await client.request('/who')).text).toBe('alice {}')
  })
}
