import { memoryStore, type Store } from '@keepsake/core'
import { expect, it, onTestFinished } from 'vitest'
import type { Data, Exchange, Handler } from '../host.ts'
import { NO_STORE, SET, VARY } from '../lines.ts'
import { canDo, comparable, type Routes, type Stage } from '../stage.ts'

const tooLarge = (session: Data): void => {
  session['blob'] = 'x'.repeat(4096)
}
const unkeepable = (session: Data): void => {
  session['blob'] = (): void => undefined
}
const SPOILERS: readonly (readonly [what: string, spoil: (session: Data) => void])[] = [
  ['too large for a cookie', tooLarge],
  ['made of values that cannot be stored', unkeepable],
]

/** Ways to respond, each of which would report success to the visitor. */
const WAYS: Readonly<Record<string, Handler>> = {
  send: ({ send }) => send('all is well'),
  redirect: ({ redirect }) => redirect('/elsewhere'),
  writeHead: ({ takeOver, response }) => {
    takeOver()
    response.writeHead(201, { 'X-Well': 'yes' })
    response.write('all is ')
    response.end('well')
  },
  flushHeaders: ({ takeOver, response }) => {
    takeOver()
    response.flushHeaders()
    response.write('all is well')
    setImmediate(() => setImmediate(() => response.write('and still is')))
    setImmediate(() => setImmediate(() => response.end('well')))
  },
}

const spoiled = (spoil: (session: Data) => void): Routes =>
  Object.fromEntries(
    Object.entries(WAYS).map(([way, answer]) => {
      const handler = (exchange: Exchange): unknown => {
        spoil(exchange.session)
        exchange.response.setHeader('X-Handler', 'yes')
        exchange.response.setHeader('Set-Cookie', 'theme=dark')
        return answer(exchange)
      }
      return [`/${way}`, handler]
    }),
  )

/** A store in which no session can be created. */
const downStore = (): Store => ({
  ...memoryStore(),
  create: () => Promise.reject(new Error('no route to the store')),
})

/** Collects all unhandled errors of this process until the end of the test. */
function unhandled(): unknown[] {
  const seen: unknown[] = []
  const note = (error: unknown): void => void seen.push(error)
  process.on('unhandledRejection', note)
  onTestFinished(() => void process.off('unhandledRejection', note))
  return seen
}

/** Handlers that save without awaiting it. */
const SAVES: Readonly<Record<string, Handler>> = {
  'and answers': ({ session, send }) => {
    session['name'] = 'Ada'
    void session.save()
    return send('all is well')
  },
  'and responds after the save has failed': async ({ session, send }) => {
    session['name'] = 'Ada'
    void session.save()
    for (let turns = 10; turns > 0; turns--) await new Promise(setImmediate)
    return send('all is well')
  },
}

export function failureScenarios({ host, createSessions, serve, fields }: Stage): void {
  it.each(Object.entries(SAVES))(
    'answers 503 and continues to serve if the store is down and a handler saves without awaiting it %s',
    async (_, handler) => {
      const errors = unhandled()
      const { client } = await serve({ '/': handler }, createSessions({ store: downStore() }))
      for (let visit = 0; visit < 2; visit++) {
        const answer = await client.request('/')
        expect([answer.status, comparable(answer)]).toEqual([503, []])
        expect(answer.text).not.toMatch(/well/)
      }
      expect(errors).toEqual([])
    },
  )

  it.each(SPOILERS)(
    'answers 500 without the handler’s response for a session that is %s',
    async (_, spoil) => {
      const { client } = await serve(spoiled(spoil))
      for (const way of Object.keys(WAYS)) {
        const answer = await client.request(`/${way}`)
        expect([way, answer.status, comparable(answer)]).toEqual([way, 500, []])
        expect(answer.text).not.toMatch(/well/)
        expect(answer.text).toMatch(/error/i)
      }
    },
  )

  it('answers a request with an unread body in the same way', async () => {
    const { client } = await serve(spoiled(tooLarge))
    for (const way of Object.keys(WAYS)) {
      const answer = await client.request(`/${way}`, { method: 'POST', body: 'x'.repeat(200_000) })
      expect([way, answer.status, comparable(answer)]).toEqual([way, 500, []])
      expect(answer.text).not.toMatch(/well/)
    }
  })

  it.each(Object.entries(WAYS))(
    'answers 409 without the handler’s response for a write to a session that a parallel login has replaced: %s',
    async (_, answerWith) => {
      const { promise: reached, resolve: reach } = Promise.withResolvers<void>()
      const { promise: released, resolve: go } = Promise.withResolvers<void>()
      const routes: Routes = {
        '/cart': ({ session, send }) => {
          session['cart'] = ['book']
          return send('put')
        },
        '/login': ({ session, send }) => {
          session.login('alice', { keep: ['cart'] })
          return send('in')
        },
        '/slow': async (exchange) => {
          exchange.session['late'] = 1
          reach()
          await released
          exchange.response.setHeader('X-Handler', 'yes')
          exchange.response.setHeader('Set-Cookie', 'theme=dark')
          return answerWith(exchange)
        },
        '/who': ({ session, send }) => send(`${session.subject} ${JSON.stringify(session)}`),
      }
      const { client, visitor } = await serve(routes, createSessions({ store: memoryStore() }))
      await client.request('/cart')
      const slow = visitor({ jar: client.jar }).request('/slow')
      await reached
      await client.request('/login')
      go()
      const answer = await slow
      expect([answer.status, comparable(answer)]).toEqual([409, []])
      expect(answer.text).not.toMatch(/well/)
      expect((await client.request('/who')).text).toBe('alice {"cart":["book"]}')
    },
  )

  it.each([
    ['in the cookie', () => createSessions()],
    ['in a store', () => createSessions({ store: memoryStore() })],
  ])(
    'sends the new cookie of a session that was saved %s with the error response if a later change cannot be saved',
    async (_, create) => {
      const routes: Routes = {
        '/begin': ({ session, send }) => {
          session['name'] = 'Ada'
          return send('begun')
        },
        '/renew': async ({ session, response, send }) => {
          session.regenerate()
          await session.save()
          unkeepable(session)
          response.setHeader('X-Handler', 'yes')
          return send('all is well')
        },
        '/who': ({ session, send }) => send(String(session['name'])),
      }
      const { client, origin } = await serve(routes, create())
      await client.request('/begin')
      const before = client.jar.cookieFor(origin)
      const answer = await client.request('/renew')
      expect([answer.status, answer.values('x-handler')]).toEqual([500, []])
      expect(answer.values('set-cookie')).toEqual([expect.stringContaining('__Host-session=')])
      expect(client.jar.cookieFor(origin)).not.toBe(before)
      expect((await client.request('/who')).text).toBe('Ada')
    },
  )

  it('continues to serve over the same connection after a session that could not be saved', async () => {
    const { client } = await serve({
      '/bad': ({ session, send }) => {
        tooLarge(session)
        return send('')
      },
      '/good': ({ session, send }) => {
        session['name'] = 'Ada'
        return send('good')
      },
    })
    expect((await client.request('/bad')).status).toBe(500)
    expect((await client.request('/good')).text).toBe('good')
    expect((await client.request('/bad')).status).toBe(500)
  })

  const throwing: Readonly<Record<string, Handler>> = {
    'is thrown': ({ session }) => {
      session['name'] = 'Ada'
      throw new Error('a fault of the application')
    },
    'rejects the handler': async ({ session }) => {
      session['name'] = 'Ada'
      await new Promise(setImmediate)
      throw new Error('a fault of the application')
    },
  }
  const canSave = canDo(host, 'the cookie when an error')
  if (canSave)
    it.each(Object.entries(throwing))(
      'still sets the cookie when an error %s after a write',
      async (_, handler) => {
        const { client } = await serve({
          '/': handler,
          '/look': ({ session, send }) => send(JSON.stringify(session)),
        })
        const answer = await client.request('/')
        expect(answer.status).toBe(500)
        expect(comparable(answer)).toEqual(fields(SET, VARY, NO_STORE))
        expect((await client.request('/look')).text).toBe('{"name":"Ada"}')
      },
    )
}
