import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { SESSION_CHANNEL, type SessionEvent } from '@keepsake/core'
import { expect, it, onTestFinished } from 'vitest'
import type { Client, RequestOptions } from '../client.ts'
import { NO_STORE, SET, VARY } from '../lines.ts'
import { canDo, comparable, type Routes, type Stage } from '../stage.ts'

const EVIL = 'https://evil.example'
const ALLOWED = 'https://admin.example'
const guard = { origins: [ALLOWED] }
const withToken = { ...guard, token: true }
const UNSAFE = ['POST', 'PUT', 'PATCH', 'DELETE']

/** Counts its calls in the session, which a rejected request must not change. */
const routes: Routes = {
  '/': ({ session, send }) => {
    session['calls'] = Number(session['calls'] ?? 0) + 1
    return send('changed')
  },
  '/calls': ({ session, send }) => send(String(session['calls'])),
  '/open': ({ send }) => send('nobody looked'),
  '/token': ({ session, send }) => send(session.csrfToken()),
  '/login': ({ session, send }) => {
    session.login('user-1')
    return send(session.csrfToken())
  },
  '/regenerate': ({ session, send }) => {
    session.regenerate()
    return send('')
  },
}

/** The rejections published until the end of the test. */
function refusals(): SessionEvent[] {
  const seen: SessionEvent[] = []
  const listen = (message: unknown): void => {
    const event = message as SessionEvent
    if (event.type === 'cross_origin_refused') seen.push(event)
  }
  subscribe(SESSION_CHANNEL, listen)
  onTestFinished(() => void unsubscribe(SESSION_CHANNEL, listen))
  return seen
}

type Headers = Readonly<Record<string, string>>

const form = (fields: Record<string, string>, headers: Headers = {}): RequestOptions => ({
  method: 'POST',
  headers: {
    'Content-Type': 'application/x-www-form-urlencoded',
    'Sec-Fetch-Site': 'same-origin',
    ...headers,
  },
  body: new URLSearchParams(fields).toString(),
})

async function statusesOf(client: Client, headers: Headers): Promise<number[]> {
  const statuses: number[] = []
  for (const method of UNSAFE) statuses.push((await client.request('/', { method, headers })).status)
  return statuses
}

export function guardScenarios({ host, serve, fields }: Stage): void {
  const untouched = canDo(host, 'a handler that never uses the session') ? [] : fields(VARY)

  it('accepts changes from the site’s own pages, from the visitor and from allowed origins', async () => {
    const seen = refusals()
    const { client, origin } = await serve(routes, undefined, { guard })
    const passing: Headers[] = [
      { 'Sec-Fetch-Site': 'same-origin', Origin: origin },
      { 'Sec-Fetch-Site': 'same-origin' },
      { 'Sec-Fetch-Site': 'none' },
      { Origin: origin },
      { Origin: ALLOWED },
      { 'Sec-Fetch-Site': 'cross-site', Origin: ALLOWED },
    ]
    for (const headers of passing)
      expect([headers, await statusesOf(client, headers)]).toEqual([headers, [200, 200, 200, 200]])
    expect((await client.request('/calls')).text).toBe('24')
    expect(seen).toEqual([])
  })

  it.each<[reason: string, headers: Headers]>([
    ['cross_site', { 'Sec-Fetch-Site': 'cross-site', Origin: EVIL }],
    ['cross_site', { 'Sec-Fetch-Site': 'cross-site' }],
    ['same_site', { 'Sec-Fetch-Site': 'same-site', Origin: 'https://sibling.example' }],
    ['foreign_origin', { Origin: EVIL }],
    ['foreign_origin', { Origin: EVIL, 'X-Forwarded-Host': 'evil.example', 'X-Forwarded-Proto': 'https' }],
    ['opaque_origin', { Origin: 'null' }],
    ['no_origin', {}],
    ['no_origin', { Referer: EVIL }],
  ])('rejects with 403, before any handler, a request that is %s: %j', async (reason, headers) => {
    const seen = refusals()
    const { client } = await serve(routes, undefined, { guard })
    await client.request('/')
    for (const method of UNSAFE) {
      const answer = await client.request('/', { method, headers })
      expect([method, answer.status, comparable(answer)]).toEqual([method, 403, untouched])
      expect(answer.text).toMatch(/forbidden|does not show that it comes from a page of this site/i)
      expect(answer.text).not.toMatch(/evil|sibling/)
    }
    expect((await client.request('/calls', { headers })).text).toBe('1')
    const event = {
      type: 'cross_origin_refused',
      reason,
      cookie: '__Host-session',
      ref: undefined,
      mode: undefined,
      isRenewal: false,
    }
    expect(seen).toEqual(UNSAFE.map(() => event))
  })

  it('accepts a request without a browser’s headers and without the session’s cookie', async () => {
    const { client, visitor } = await serve(routes, undefined, { guard })
    expect((await client.request('/', { method: 'POST', headers: { Cookie: 'theme=dark' } })).status).toBe(
      200,
    )
    const junk = { Cookie: 'theme=dark; __Host-session=junk' }
    expect((await visitor().request('/', { method: 'POST', headers: junk })).status).toBe(403)
  })

  it('accepts requests that change nothing', async () => {
    const { client } = await serve(routes, undefined, { guard: withToken })
    const headers = { 'Sec-Fetch-Site': 'cross-site', Origin: EVIL }
    for (const method of ['GET', 'HEAD', 'OPTIONS']) {
      const answer = await client.request('/open', { method, headers })
      expect([method, answer.status, comparable(answer)]).toEqual([method, 200, untouched])
    }
  })

  it('requires the session’s token in the header or in the body if the option is set', async () => {
    const { client } = await serve(routes, undefined, { guard: withToken })
    const { text: token } = await client.request('/token')
    expect((await client.request('/', form({ _csrf: token }))).status).toBe(200)
    expect((await client.request('/', form({}, { 'X-CSRF-Token': token }))).status).toBe(200)
    expect((await client.request('/', form({ _csrf: 'wrong' }, { 'X-CSRF-Token': token }))).status).toBe(200)
    expect((await client.request('/calls')).text).toBe('3')
  })

  it('rejects a request without the token, with another session’s, or with one in the query', async () => {
    const seen = refusals()
    const { client, visitor } = await serve(routes, undefined, { guard: withToken })
    const { text: token } = await client.request('/token')
    const { text: others } = await visitor().request('/token')
    const refused: [reason: string, path: string, options: RequestOptions][] = [
      ['no_csrf_token', '/', form({})],
      ['no_csrf_token', '/', form({ csrf: token, token })],
      ['no_csrf_token', `/?_csrf=${token}&csrf_token=${token}`, form({})],
      ['no_csrf_token', '/', form({ _csrf: '' })],
      ['wrong_csrf_token', '/', form({ _csrf: others })],
      ['wrong_csrf_token', '/', form({ _csrf: `${token} ` })],
      ['wrong_csrf_token', '/', form({ _csrf: token }, { 'X-CSRF-Token': others })],
    ]
    for (const [reason, path, options] of refused) {
      const answer = await client.request(path, options)
      const expected = reason === 'no_csrf_token' ? untouched : fields(VARY)
      expect([path, answer.status, comparable(answer)]).toEqual([path, 403, expected])
    }
    expect((await client.request('/calls')).text).toBe('undefined')
    expect(seen.map(({ reason }) => reason)).toEqual(refused.map(([reason]) => reason))
    expect(JSON.stringify(seen)).not.toContain(token)
  })

  it('does not accept a token instead of an origin', async () => {
    const { client } = await serve(routes, undefined, { guard: withToken })
    const { text: token } = await client.request('/token')
    expect(
      (await client.request('/', form({ _csrf: token }, { 'Sec-Fetch-Site': 'cross-site' }))).status,
    ).toBe(403)
  })

  it('gives an anonymous visitor with an empty session a session for the token', async () => {
    const { client } = await serve(routes, undefined, { guard: withToken })
    const answer = await client.request('/token')
    expect(comparable(answer)).toEqual(fields(SET, VARY, NO_STORE))
    expect(comparable(await client.request('/token'))).toEqual(fields(VARY))
    expect((await client.request('/', form({ _csrf: answer.text }))).status).toBe(200)
  })

  it('rejects a token from before a login or a regenerate', async () => {
    const { client } = await serve(routes, undefined, { guard: withToken })
    const { text: before } = await client.request('/token')
    const { text: after } = await client.request('/login', form({ _csrf: before }))
    expect((await client.request('/', form({ _csrf: before }))).status).toBe(403)
    expect((await client.request('/', form({ _csrf: after }))).status).toBe(200)
    await client.request('/regenerate')
    expect((await client.request('/', form({ _csrf: after }))).status).toBe(403)
  })
}
