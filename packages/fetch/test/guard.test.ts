import { describe, expect, it } from 'vitest'
import { createGuard, createSessions, crossOriginGuard, type Session, withSession } from '../src/index.ts'
import { ask, SECRETS } from './asking.ts'

const sessions = createSessions<{ n?: number }>({ secrets: SECRETS, revocation: 'none' })
const EVIL = { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' }
const OWN = { 'Sec-Fetch-Site': 'same-origin' }
const post = (headers: Readonly<Record<string, string>> = {}, before?: Response): Request =>
  ask('/', before, { method: 'POST', headers })

describe('the guard around a handler', () => {
  it('responds with 403 in plain text, and does not call the handler', async () => {
    let calls = 0
    const guarded = crossOriginGuard()(() => {
      calls++
      return new Response('done')
    })
    const refused = guarded(post(EVIL))
    expect([refused.status, await refused.text(), refused.headers.get('Content-Type')]).toEqual([
      403,
      'Forbidden',
      'text/plain; charset=utf-8',
    ])
    expect([await guarded(post()).text(), calls]).toEqual(['done', 1])
  })

  it('counts any cookie as the session’s outside withSession, and only the session’s inside', async () => {
    const guarded = crossOriginGuard()(
      (_request: Request, ..._rest: readonly unknown[]) => new Response('done'),
    )
    const other = { Cookie: 'theme=dark' }
    expect(guarded(post(other)).status).toBe(403)
    expect((await withSession(sessions, guarded)(post(other))).status).toBe(200)
  })

  it('determines its own origin from the Host header, or from the URL without one', async () => {
    const guarded = crossOriginGuard()(() => new Response('done'))
    const cookie = 'theme=dark'
    for (const [origin, host, status] of [
      ['https://shop.example', undefined, 200],
      ['https://shop.example', 'shop.example', 200],
      ['https://inner.example', 'shop.example', 403],
      ['https://shop.example', 'inner.example', 403],
    ] as const) {
      const request = post({ Origin: origin, Cookie: cookie, ...(host && { Host: host }) })
      expect([origin, host, guarded(request).status]).toEqual([origin, host, status])
    }
  })

  it('finds the token in its header', async () => {
    const handle = withSession(
      sessions,
      crossOriginGuard({ token: true })((_request: Request, session: Session<{ n?: number }>) => {
        session.n = 1
        return new Response(session.csrfToken())
      }),
    )
    const page = await handle(ask('/'))
    const token = await page.text()
    expect((await handle(post(OWN, page))).status).toBe(403)
    expect((await handle(post({ ...OWN, 'X-CSRF-Token': token }, page))).status).toBe(200)
  })
})

it('finds a form’s token in the fields that the application has parsed', async () => {
  const guard = createGuard({ token: true })
  const handle = withSession(
    sessions,
    async (request, session) => {
      if (request.method === 'POST') guard(request, Object.fromEntries(await request.formData()))
      session.n = 1
      return new Response(session.csrfToken())
    },
    { fail: (error) => new Response(null, { status: (error as { status?: number }).status ?? 500 }) },
  )
  const page = await handle(ask('/'))
  const form = (token: string): Request =>
    ask('/', page, { method: 'POST', headers: OWN, body: new URLSearchParams({ _csrf: token }) })
  expect((await handle(form('wrong'))).status).toBe(403)
  expect((await handle(form(await page.text()))).status).toBe(200)
})

it('rejects a WebSocket upgrade from a page of another site', () => {
  const guarded = crossOriginGuard()(() => new Response('done'))
  const headers = { ...EVIL, Cookie: 'theme=dark' }
  expect(guarded(ask('/', undefined, { headers })).status).toBe(200)
  expect(guarded(ask('/', undefined, { headers: { ...headers, Upgrade: 'websocket' } })).status).toBe(403)
})

it('reports a missing session to the application, not to the visitor', () => {
  const guarded = crossOriginGuard({ token: true })(() => new Response('done'))
  expect(() => guarded(post(OWN))).toThrow('crossOriginGuard({ token: true }) found no session')
})
