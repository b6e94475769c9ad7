import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { Readable } from 'node:stream'
import { SESSION_CHANNEL, type SessionEvent } from '@keepsake/core'
import { expect, it, onTestFinished } from 'vitest'
import type { Exchange, Handler } from '../host.ts'
import { CLEAR, NO_STORE, SET, VARY } from '../lines.ts'
import { canDo, comparable, type Stage } from '../stage.ts'
import type { Fields } from '../wire.ts'

/** All ways to use a session without changing it. */
const LOOKS: Readonly<Record<string, (session: Exchange['session']) => unknown>> = {
  'a property': (session) => session['cart'],
  'the in operator': (session) => 'cart' in session,
  hasOwn: (session) => Object.hasOwn(session, 'cart'),
  'its keys': (session) => Object.keys(session),
  JSON: (session) => JSON.stringify(session),
  'its id': (session) => session.id,
  isNew: (session) => session.isNew,
  subject: (session) => session.subject,
  permanent: (session) => session.permanent,
  explain: (session) => session.explain().opened,
  'a pop of a missing key': (session) => session.pop('cart'),
  'the check of a token': (session) => session.verifyCsrf('x'),
}

/** Responses of every kind, each of which depends on the cookie. */
const ANSWERS: Readonly<Record<string, (exchange: Exchange) => unknown>> = {
  'a text': ({ send }) => send('text'),
  'a stream': ({ send }) => send(Readable.from(['a', 'b'].map((chunk) => Buffer.from(chunk)))),
  'a redirect': ({ redirect }) => redirect('/elsewhere'),
  '304': ({ takeOver, response }) => {
    takeOver()
    return response.writeHead(304, { ETag: '"a"' }).end()
  },
  '204': ({ takeOver, response }) => {
    takeOver()
    return response.writeHead(204).end()
  },
  'a stream by hand': ({ takeOver, response }) => {
    takeOver()
    response.flushHeaders()
    response.write('a')
    setImmediate(() => response.end('b'))
  },
}

/** The events of this kind until the end of the test. */
function observed(): string[] {
  const seen: string[] = []
  const listen = (message: unknown): void => {
    const { type, reason } = message as SessionEvent
    if (type === 'cacheable_response') seen.push(reason)
  }
  subscribe(SESSION_CHANNEL, listen)
  onTestFinished(() => void unsubscribe(SESSION_CHANNEL, listen))
  return seen
}

/** The codes of the warnings until the end of the test. */
function warned(): (string | undefined)[] {
  const seen: (string | undefined)[] = []
  const listen = (warning: Error & { readonly code?: string }): void => void seen.push(warning.code)
  process.on('warning', listen)
  onTestFinished(() => void process.off('warning', listen))
  return seen
}

const LATER = new Date(2 ** 42).toUTCString()

const writing =
  (headers: Readonly<Record<string, string>>): Handler =>
  ({ session, response, send }) => {
    session['name'] = 'Ada'
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
    return send('written')
  }

export function cachingScenarios({ host, serve, fields }: Stage): void {
  it.each(Object.entries(LOOKS))('varies by the cookie after %s', async (_, look) => {
    const { client } = await serve({
      '/': ({ session, send }) => {
        look(session)
        return send('looked')
      },
    })
    expect(comparable(await client.request('/'))).toEqual(fields(VARY))
  })

  it.each(Object.entries(ANSWERS))('varies by the cookie in %s, also for HEAD', async (_, answer) => {
    const handler: Handler = (exchange) => {
      void exchange.session['cart']
      return answer(exchange)
    }
    const { client } = await serve({ '/': handler })
    for (const method of ['GET', 'HEAD']) {
      const [vary = ''] = (await client.request('/', { method })).values('vary')
      expect([method, vary.split(', ')]).toEqual([method, expect.arrayContaining(['Cookie'])])
    }
  })

  it.each<[headers: Record<string, string>, sent: Fields]>([
    [{ 'Cache-Control': 'public' }, [NO_STORE]],
    [{ 'Cache-Control': 'public, max-age=0' }, [NO_STORE]],
    [{ 'Cache-Control': 'max-age=60' }, [NO_STORE]],
    [{ 'Cache-Control': 'must-revalidate, S-MaxAge=60' }, [NO_STORE]],
    [{ Expires: LATER }, [['Expires', LATER], NO_STORE]],
    [
      { 'Cache-Control': 'no-store', 'CDN-Cache-Control': 'max-age=60' },
      [NO_STORE, ['CDN-Cache-Control', 'no-store']],
    ],
    [{ 'Surrogate-Control': 'max-age=60' }, [['Surrogate-Control', 'no-store'], NO_STORE]],
  ])('never sets a cookie on a response marked as cacheable, with a warning: %j', async (headers, sent) => {
    const [events, warnings] = [observed(), warned()]
    const { client, visitor } = await serve({ '/': writing(headers) })
    const answers = [await client.request('/'), await visitor().request('/')]
    for (const answer of answers)
      expect(sorted(comparable(answer))).toEqual(sorted(fields(SET, VARY, ...sent)))
    expect(events).toEqual(['cacheable_cookie', 'cacheable_cookie'])
    await new Promise(setImmediate)
    expect(warnings.filter((code) => code === 'KEEPSAKE_CACHEABLE_RESPONSE')).toHaveLength(1)
  })

  it.each<[headers: Record<string, string>]>([
    [{}],
    [{ 'Cache-Control': 'private, max-age=60' }],
    [{ 'Cache-Control': 'private="x", max-age=60' }],
    [{ 'Cache-Control': 'public, no-store' }],
    [{ 'Cache-Control': 'max-age=0' }],
    [{ 'Cache-Control': 'no-cache' }],
    [{ 'Cache-Control': 'private', Expires: LATER }],
    [{ Expires: '0' }],
  ])('causes no warning if no shared cache may store the response: %j', async (headers) => {
    const events = observed()
    const { client } = await serve({ '/': writing(headers) })
    expect((await client.request('/')).values('set-cookie')).toHaveLength(1)
    expect(events).toEqual([])
  })

  it('never deletes a cookie on a response marked as cacheable, which would log others out', async () => {
    const events = observed()
    const { client } = await serve({
      '/write': writing({}),
      '/end': ({ session, response, send }) => {
        session.destroy()
        response.setHeader('Cache-Control', 'public')
        return send('ended')
      },
    })
    await client.request('/write')
    expect(sorted(comparable(await client.request('/end')))).toEqual(sorted(fields(CLEAR, VARY, NO_STORE)))
    expect(events).toEqual(['cacheable_cookie'])
  })

  it('detects the headers given to writeHead', async () => {
    const events = observed()
    const { client } = await serve({
      '/': ({ session, takeOver, response }) => {
        takeOver()
        session['name'] = 'Ada'
        response.writeHead(200, { 'Cache-Control': 'public' }).end()
      },
    })
    expect(sorted(comparable(await client.request('/')))).toEqual(sorted(fields(NO_STORE, SET, VARY)))
    expect(events).toEqual(['cacheable_cookie'])
  })

  if (canDo(host, 'a first use after the headers'))
    it('reports a first use after the headers of a cacheable response were sent', async () => {
      const events = observed()
      const { client } = await serve({ '/public': lateLook('public'), '/private': lateLook('private') })
      expect((await client.request('/private')).text).toBe('no name')
      expect(events).toEqual([])
      expect((await client.request('/public')).text).toBe('no name')
      expect(events).toEqual(['cacheable_look'])
    })
}

/** Uses the session for the body after the headers were sent without `Vary: Cookie`. */
const lateLook =
  (cacheControl: string): Handler =>
  async (exchange) => {
    const { takeOver, response } = exchange
    takeOver()
    response.setHeader('Cache-Control', cacheControl)
    response.write('no ')
    for (let turns = 10; turns > 0; turns--) await new Promise(setImmediate)
    response.end('name' in exchange.session ? '' : 'name')
  }

/** Names in lower case, sorted, because their order differs between hosts. */
const sorted = (fields: Fields): Fields =>
  fields
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .toSorted(([a], [b]) => a.localeCompare(b))
