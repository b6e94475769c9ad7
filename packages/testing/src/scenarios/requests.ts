import { expect, it } from 'vitest'
import type { Exchange } from '../host.ts'
import { CLEAR, NO_STORE, SET, VARY } from '../lines.ts'
import { comparable, type Stage } from '../stage.ts'

const count = ({ session, send }: Exchange): unknown => {
  session['count'] = Number(session['count'] ?? 0) + 1
  return send(String(session['count']))
}

export function requestScenarios({ serve, fields, createSessions }: Stage): void {
  it('counts the visits of one visitor over one keep-alive connection', async () => {
    const { client } = await serve({ '/': count })
    const texts: string[] = []
    for (let visit = 0; visit < 10; visit++) texts.push((await client.request('/')).text)
    expect(texts).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9', '10'])
  })

  it('separates thirty simultaneous visitors', async () => {
    const { visitor } = await serve({
      '/set': ({ session, request, send }) => {
        session['name'] = request.headers['x-name']
        return send('')
      },
      '/get': ({ session, send }) => send(String(session['name'])),
    })
    const visits = Array.from({ length: 30 }, async (_, at) => {
      const client = visitor()
      await client.request('/set', { headers: { 'X-Name': `visitor ${at}` } })
      expect((await client.request('/get')).text).toBe(`visitor ${at}`)
    })
    await Promise.all(visits)
  })

  it('saves two sessions of one request in two cookies', async () => {
    const staff = createSessions({ cookie: { name: 'staff' } })
    const { client } = await serve({
      '/write': async ({ session, attach, send }) => {
        session['name'] = 'Ada'
        const other = await attach(staff)
        other['role'] = 'editor'
        return send('')
      },
      '/read': async ({ session, attach, send }) => send(JSON.stringify([session, await attach(staff)])),
    })
    const answer = await client.request('/write')
    const lines = comparable(answer)
      .filter(([name]) => name.toLowerCase() === 'set-cookie')
      .map(([, line]) => line)
    expect(lines.toSorted()).toEqual([SET[1], SET[1].replace('session', 'staff')])
    expect(answer.values('vary')).toEqual(['Cookie'])
    expect(answer.values('cache-control')).toEqual(['no-store'])
    expect((await client.request('/read')).text).toBe('[{"name":"Ada"},{"role":"editor"}]')
  })

  it('returns the same session even if it is attached repeatedly', async () => {
    const sessions = createSessions()
    const { client } = await serve(
      {
        '/': async ({ session, attach, send }) => {
          const [first, second] = await Promise.all([attach(sessions), attach(sessions)])
          first['name'] = 'Ada'
          return send(`${first === session} ${first === second}`)
        },
      },
      sessions,
    )
    const answer = await client.request('/')
    expect(answer.text).toBe('true true')
    expect(comparable(answer)).toEqual(fields(SET, VARY, NO_STORE))
  })

  it('reads a cookie from several Cookie fields', async () => {
    const { client, origin } = await serve({ '/': count })
    await client.request('/')
    const cookie = client.jar.cookieFor(origin)
    const answer = await client.request('/', { headers: { Cookie: ['theme=dark', cookie, 'lang=en'] } })
    expect(answer.text).toBe('2')
  })

  it('responds identically to every kind of useless cookie, and deletes it', async () => {
    const { client, origin } = await serve({
      '/': count,
      '/look': ({ session, send }) => send(session.id && ''),
    })
    await client.request('/')
    const [name, good = ''] = client.jar.cookieFor(origin).split('=')
    const middle = good[60] === 'A' ? 'B' : 'A'
    const useless = [
      good.slice(0, 60) + middle + good.slice(61),
      good.slice(0, -1),
      `${good}A`,
      '',
      'x',
      'a*b*c*d',
    ]
    for (const value of useless) {
      const answer = await client.request('/look', { headers: { Cookie: `${name}=${value}` } })
      expect([answer.status, comparable(answer)]).toEqual([200, fields(CLEAR, VARY, NO_STORE)])
    }
  })
}
