import { createSessions } from '@keepsake/core'
import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import { crossOriginGuard, session, type SessionVariables } from '../src/index.ts'

interface Env {
  Variables: SessionVariables<{ n?: number }>
}

const sessions = createSessions<{ n?: number }>({
  secrets: ['a secret that is only for tests with 48 characters'],
  revocation: 'none',
})
const OWN = { 'Sec-Fetch-Site': 'same-origin' }
const EVIL = { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' }

const appOf = (token: boolean): Hono<Env> =>
  new Hono<Env>()
    .use(session(sessions), crossOriginGuard({ token }))
    .get('/', (c) => {
      c.var.session.n = 1
      return c.text(c.var.session.csrfToken())
    })
    .post('/', async (c) => c.json((await c.req.parseBody())['sku'] ?? null))

describe('the guard of Hono', () => {
  it('responds to a cross-site request with 403 in plain text', async () => {
    const app = appOf(false)
    const refused = await app.request('/', { method: 'POST', headers: EVIL })
    expect([refused.status, await refused.text(), refused.headers.get('Content-Type')]).toEqual([
      403,
      'Forbidden',
      'text/plain; charset=utf-8',
    ])
    expect((await app.request('/', { method: 'POST', headers: OWN })).status).toBe(200)
  })

  it('throws an HTTPException with the CrossOriginError as its cause', async () => {
    const app = appOf(false).onError((error, c) =>
      c.text(`${error.name} ${(error.cause as Error).name}`, 418),
    )
    expect(await (await app.request('/', { method: 'POST', headers: EVIL })).text()).toBe(
      'Error CrossOriginError',
    )
  })

  it('finds the token in the header or in the form, which the handler can still read', async () => {
    const app = appOf(true)
    const page = await app.request('/')
    const token = await page.text()
    const headers = { ...OWN, Cookie: page.headers.getSetCookie()[0]?.split(';')[0] ?? '' }
    const post = (init: RequestInit) => app.request('/', { method: 'POST', headers, ...init })
    const fields = { _csrf: token, sku: 'A1' }
    expect(await (await post({ body: new URLSearchParams(fields) })).json()).toBe('A1')
    expect((await post({ headers: { ...headers, 'X-CSRF-Token': token } })).status).toBe(200)
    for (const body of [new URLSearchParams({ ...fields, _csrf: 'wrong' }), '{}'])
      expect((await post({ body })).status).toBe(403)
    const broken = { ...headers, 'Content-Type': 'multipart/form-data; boundary=x' }
    expect((await post({ headers: broken, body: '--x\r\nno part' })).status).toBe(403)
  })

  it('does not read the body if it needs no token', async () => {
    const app = new Hono()
      .use(crossOriginGuard())
      .post('/', (c) => c.req.raw.text().then((text) => c.text(text)))
    const body = new URLSearchParams({ sku: 'A1' })
    expect(await (await app.request('/', { method: 'POST', headers: OWN, body })).text()).toBe('sku=A1')
  })
})
