import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'

/** The responses to a visitor of one application; keeps the cookie. */
function visitorOf(app: string, cookie = '') {
  const visitor = {
    cookie,
    async ask(action: string): Promise<unknown> {
      const response = await env.SELF.fetch(`http://app/${app}/${action}`, {
        headers: { Cookie: visitor.cookie },
      })
      const [line] = response.headers.getSetCookie()
      if (line !== undefined) visitor.cookie = line.slice(0, line.indexOf(';'))
      const text = await response.text()
      return response.ok && text.startsWith('{') ? JSON.parse(text) : text
    },
  }
  return visitor
}

describe('a Worker that creates its sessions at start-up', () => {
  it.each(['sealed', 'stored', 'revocable', 'overflowing'])(
    'keeps data and a login for later requests, in the application: %s',
    async (app) => {
      const visitor = visitorOf(app)
      expect(await visitor.ask('count')).toEqual({ n: 1 })
      expect(await visitor.ask('count')).toEqual({ n: 2 })
      expect(await visitor.ask('login')).toEqual({ subject: 'ada' })
      expect(await visitor.ask('count')).toEqual({ n: 1, subject: 'ada' })
    },
  )

  it.each(['stored', 'revocable'])(
    'rejects a copied cookie after a logout, in the application: %s',
    async (app) => {
      const visitor = visitorOf(app)
      await visitor.ask('login')
      const thief = visitorOf(app, visitor.cookie)
      expect(await thief.ask('look')).toEqual({ subject: 'ada' })
      await visitor.ask('logout')
      expect(await thief.ask('look')).toEqual({})
    },
  )

  it('loses no concurrent write to a session in memory', async () => {
    const visitor = visitorOf('stored')
    await visitor.ask('count')
    await Promise.all([1, 2, 3, 4].map(() => visitorOf('stored', visitor.cookie).ask('count')))
    expect(await visitor.ask('look')).toEqual({ n: 5 })
  })

  it('times out on each request if the store does not respond', async () => {
    const visitor = visitorOf('silent')
    await visitor.ask('count')
    for (let request = 0; request < 3; request++) expect(await visitor.ask('look')).toBe('StoreTimeoutError')
  })

  it('notifies a request that watches its session of its end, after another watcher has left', async () => {
    for (let round = 0; round < 2; round++) {
      const visitor = visitorOf('watched')
      await visitor.ask('login')
      const watching = visitorOf('watched', visitor.cookie).ask('watch')
      await visitor.ask('logout')
      expect(await watching).toMatch(/ended|revoked/)
    }
  })
})
