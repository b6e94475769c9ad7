import formbody from '@fastify/formbody'
import { createSessions } from '@keepsake/core'
import { fastify, type FastifyInstance } from 'fastify'
import { describe, expect, it } from 'vitest'
import { crossOriginGuard, session } from '../src/index.ts'
import { SECRETS, serve } from './serving.ts'

const OWN = { 'Sec-Fetch-Site': 'same-origin', 'Content-Type': 'application/x-www-form-urlencoded' }
const EVIL = { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' }

function appOf(token: boolean): FastifyInstance {
  const app = fastify()
  app.register(session(createSessions({ secrets: SECRETS, revocation: 'none' })))
  app.register(formbody).register(crossOriginGuard({ token }))
  app.get('/', (request) => {
    request.session['n'] = 1
    return request.session.csrfToken()
  })
  app.post('/', (request) => (request.body as { sku?: string } | undefined)?.sku ?? 'none')
  return app
}

describe('the guard of Fastify', () => {
  it('rejects a cross-site request before its body is read', async () => {
    const client = await serve(appOf(false))
    const refused = await client.request('/', {
      method: 'POST',
      headers: { ...EVIL, 'Content-Type': 'no/parser' },
      body: 'x',
    })
    expect([refused.status, JSON.parse(refused.text)]).toEqual([
      403,
      expect.objectContaining({ error: 'Forbidden' }),
    ])
    const allowed = await client.request('/', { method: 'POST', headers: OWN, body: 'sku=A1' })
    expect([allowed.status, allowed.text]).toEqual([200, 'A1'])
  })

  it('finds the token in the header or in the form', async () => {
    const client = await serve(appOf(true))
    const token = (await client.request('/')).text
    const post = async (body: string, headers = {}) =>
      (await client.request('/', { method: 'POST', headers: { ...OWN, ...headers }, body })).text
    expect(await post(`sku=A1&_csrf=${token}`)).toBe('A1')
    expect(await post('sku=A1', { 'X-CSRF-Token': token })).toBe('A1')
    for (const body of ['sku=A1', 'sku=A1&_csrf=wrong'])
      expect(JSON.parse(await post(body))).toMatchObject({ statusCode: 403 })
  })
})
