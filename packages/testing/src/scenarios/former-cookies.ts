import { expect, it } from 'vitest'
import type { Stage } from '../stage.ts'

/** Two definitions of one name; a browser sends both cookies. */
const BEFORE = { path: '/shop/cart' }
const AFTER = { path: '/shop' }

export function formerCookieScenarios({ serve, createSessions }: Stage): void {
  const routes: Parameters<Stage['serve']>[0] = {
    '/shop/cart': ({ session, send }) => send(session['name'] === 'Ada' ? 'Ada' : 'nobody'),
    '/shop/cart/write': ({ session, send }) => {
      session['name'] = 'Ada'
      session['n'] = Number(session['n'] ?? 0) + 1
      return send('')
    },
  }

  it.each([
    ['another name', { name: 'sid' }, {}],
    ['a wider path under the same name', BEFORE, AFTER],
  ])('is replaced by the current cookie after a change to %s', async (_, before, after) => {
    const old = await serve(routes, createSessions({ cookie: before }))
    const sessions = createSessions({ cookie: { ...after, previous: [before] } })
    const { visitor, origin } = await serve(routes, sessions)
    const { jar } = old.client
    await old.client.request('/shop/cart/write')
    const client = visitor({ jar })
    expect((await client.request('/shop/cart')).text).toBe('Ada')
    const answer = await client.request('/shop/cart/write')
    expect(answer.values('set-cookie').map((line) => line.includes('Max-Age=0'))).toEqual([true, false])
    const cookies = jar.cookieFor(`${origin}/shop/cart`)
    expect(cookies.split('; ')).toHaveLength(1)
    expect(cookies).toContain(`${sessions.cookie.name}=`)
    expect((await client.request('/shop/cart')).text).toBe('Ada')
  })

  it('is deleted under both definitions if the two cookies open different sessions, and the next login works', async () => {
    const old = await serve(routes, createSessions({ cookie: BEFORE }))
    const now = await serve(routes, createSessions({ cookie: AFTER }))
    const sessions = createSessions({ cookie: { ...AFTER, previous: [BEFORE] } })
    const { visitor, origin } = await serve(routes, sessions)
    const { jar } = old.client
    const url = `${origin}/shop/cart`
    await now.visitor({ jar }).request('/shop/cart/write')
    await old.client.request('/shop/cart/write', { headers: { Cookie: 'a=b' } })
    expect(jar.cookieFor(url).split('; ')).toHaveLength(2)
    const client = visitor({ jar })
    expect((await client.request('/shop/cart')).text).toBe('nobody')
    expect(jar.cookieFor(url)).toBe('')
    await client.request('/shop/cart/write')
    expect((await client.request('/shop/cart')).text).toBe('Ada')
  })
}
