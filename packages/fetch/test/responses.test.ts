import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Session } from '@keepsake/core'
import type { Data } from '@keepsake/testing'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { createSessions, open, plainResponse, withSession } from '../src/index.ts'
import { ask, cookiesOf, MODES, SECRETS, sessionsOnFullDisk, watch } from './asking.ts'

/** A response from another server, whose headers are immutable. */
async function fetched(): Promise<Response> {
  const server = createServer((_request, response) => {
    response.writeHead(203, 'From Afar', { 'X-Upstream': 'yes', 'Cache-Control': 'public, max-age=60' })
    response.end('from afar')
  })
  onTestFinished(() => server.close().closeAllConnections())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
}

/** Saves a change, and makes another that cannot be saved. */
async function savedInPart(_: Request, session: Session<Data>): Promise<Response> {
  change(session)
  await session.save()
  session['n'] = () => 1
  return new Response('page')
}

const sorry = (): Response => new Response('sorry', { status: 500 })
const change = (session: Session<Data>): unknown => (session['name'] = 'Ada')

describe.each(MODES)('the session’s headers, $name', ({ createSessions: make }) => {
  const sessions = make({ secrets: SECRETS })
  const answer = (make: () => Response | Promise<Response>, request = ask('/')): Promise<Response> =>
    withSession(sessions, (_request, session) => {
      change(session)
      return make()
    })(request)

  it('are added to a redirect, whose own headers are immutable', async () => {
    const response = await answer(() => Response.redirect('https://shop.example/cart', 303))
    expect([response.status, response.headers.get('Location')]).toEqual([303, 'https://shop.example/cart'])
    expect(cookiesOf(response)).toHaveLength(1)
    expect([response.headers.get('Vary'), response.headers.get('Cache-Control')]).toEqual([
      'Cookie',
      'no-store',
    ])
  })

  it('are added to a response that was fetched, whose body, status and headers stay', async () => {
    const response = await answer(fetched)
    expect([response.status, response.statusText, response.headers.get('X-Upstream')]).toEqual([
      203,
      'From Afar',
      'yes',
    ])
    expect(response.headers.get('Cache-Control')).toBe('no-store')
    expect([cookiesOf(response).length, await response.text()]).toEqual([1, 'from afar'])
  })

  it('are added to the application’s cookies, and replace one with the session cookie’s name', async () => {
    const response = await answer(() => {
      const headers = new Headers({ Vary: 'Accept, cookie' })
      for (const line of ['theme=dark; Path=/', '__Host-session=forged; Path=/', 'lang=de'])
        headers.append('Set-Cookie', line)
      return new Response('', { headers })
    })
    const lines = response.headers.getSetCookie()
    expect(lines.slice(0, 2)).toEqual(['theme=dark; Path=/', 'lang=de'])
    expect(lines.slice(2)).toEqual([
      expect.stringMatching(/^__Host-session=[\w-]{60,}; Path=\/; Secure; HttpOnly; SameSite=Lax$/),
    ])
    expect(response.headers.get('Vary')).toBe('Accept, cookie')
  })

  it('forbid a CDN to cache a response with the cookie', async () => {
    const headers = {
      'CDN-Cache-Control': 'max-age=600',
      'Surrogate-Control': 'max-age=600',
      'Cache-Control': 'private',
    }
    const response = await answer(() => new Response('', { headers }))
    for (const name of Object.keys(headers))
      expect([name, response.headers.get(name)]).toEqual([name, 'no-store'])
  })

  it('do not accumulate on a response shared by several visitors', async () => {
    const shared = new Response(null, { status: 204 })
    const [one, other] = [await answer(() => shared), await answer(() => shared)]
    expect([cookiesOf(one).length, cookiesOf(other).length, cookiesOf(shared).length]).toEqual([1, 1, 0])
    expect(cookiesOf(one)).not.toEqual(cookiesOf(other))
  })

  it.each([
    ['a response with status 304', () => new Response(null, { status: 304 }), ask('/')],
    ['the response to a HEAD request', () => new Response('page'), ask('/', undefined, { method: 'HEAD' })],
  ])('are added to %s', async (_, make, request) => {
    const response = await answer(make, request)
    expect(cookiesOf(response)).toHaveLength(1)
  })

  it('are those of an earlier save on an error response, plain or of the application, if the rest cannot be saved', async () => {
    const visit = await open(sessions, ask('/'))
    change(visit.session)
    await visit.session.save()
    Object.assign(visit.session, { n: () => 1 })
    const error: unknown = await visit.answer(new Response('page')).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ name: 'SessionDataError' })
    expect(Object.values(error as object).join()).not.toContain('__Host-session')
    for (const response of [plainResponse(error), visit.failed(sorry())]) {
      expect(response.status).toBe(500)
      expect(cookiesOf(response)).toHaveLength(1)
    }
    expect(cookiesOf(plainResponse(new Error('another')))).toEqual([])
  })

  it('are those of an earlier save on the error response of withSession, plain or of the application', async () => {
    const printed = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    onTestFinished(() => printed.mockRestore())
    for (const options of [{}, { fail: sorry }]) {
      const response = await withSession(sessions, savedInPart, options)(ask('/'))
      expect([response.status, cookiesOf(response).length]).toEqual([500, 1])
    }
  })

  it('are omitted if the session is not used, and the response is the handler’s own', async () => {
    const response = new Response('public')
    const visit = await open(sessions, ask('/'))
    expect(await visit.answer(response)).toBe(response)
  })

  it('are not added to a response that switches protocols, which cannot be copied', async () => {
    const upgrade = Object.defineProperty(new Response(null), 'status', { value: 101 })
    const visit = await open(sessions, ask('/'))
    change(visit.session)
    expect(await visit.answer(upgrade)).toBe(upgrade)
    await expect(visit.session.save()).rejects.toMatchObject({ name: 'SessionClosedError' })
    const unseen = await open(sessions, ask('/'))
    await unseen.answer(upgrade)
    await expect(unseen.session.save()).rejects.toMatchObject({ name: 'SessionClosedError' })
  })

  it('include Vary on a cacheable response whose session was only read, now and later, without a warning', async () => {
    const { reasons } = watch()
    const visit = await open(sessions, ask('/'))
    expect(visit.session['name']).toBe(undefined)
    const response = await visit.answer(new Response('', { headers: { 'Cache-Control': 'public' } }))
    expect([response.headers.get('Vary'), response.headers.get('Cache-Control')]).toEqual([
      'Cookie',
      'public',
    ])
    expect([visit.session['name'], reasons]).toEqual([undefined, []])
  })
})

it.each([
  ['a Secure cookie over plain http', 'http://shop.example/', false, ['plain_http']],
  ['a Secure cookie over https', 'https://shop.example/', false, []],
  ['a cookie that need not be Secure over plain http', 'http://shop.example/', true, []],
] as const)('cause a warning only for cookies that browsers drop: %s', async (_, url, insecure, expected) => {
  const { reasons } = watch()
  const sessions = createSessions<Data>({ secrets: SECRETS, revocation: 'none', cookie: { insecure } })
  const visit = await open(sessions, new Request(url))
  change(visit.session)
  await visit.answer(new Response())
  expect(reasons.filter((reason) => reason !== 'created')).toEqual(expected)
})

describe('a failed commit', () => {
  it('rejects the answer, adds nothing to the response, and cancels its body', async () => {
    const cancelled = Promise.withResolvers<unknown>()
    const response = new Response(new ReadableStream({ cancel: cancelled.resolve }))
    const visit = await open(sessionsOnFullDisk(), ask('/'))
    change(visit.session)
    await expect(visit.answer(response)).rejects.toMatchObject({ name: 'StoreError', status: 503 })
    await cancelled.promise
    expect([...response.headers]).toEqual([])
  })

  it('rejects with its own error even if the body is being read elsewhere', async () => {
    const response = new Response('page')
    response.body?.getReader()
    const visit = await open(sessionsOnFullDisk(), ask('/'))
    change(visit.session)
    await expect(visit.answer(response)).rejects.toMatchObject({ name: 'StoreError' })
  })
})
