import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { memoryStore, SESSION_CHANNEL, type SessionEvent } from '@keepsake/core'
import type { Data } from '@keepsake/testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createSessions, open, withSession } from '../src/index.ts'
import { ask, cookiesOf, MODES, SECRETS } from './asking.ts'

/** The events of sessions from now to the end of the test, and what waits for one of a reason. */
function watch(awaited: string) {
  const reasons: string[] = []
  const { promise, resolve } = Promise.withResolvers<void>()
  const note = (event: unknown): void => {
    const { reason } = event as SessionEvent
    reasons.push(reason)
    if (reason === awaited) resolve()
  }
  subscribe(SESSION_CHANNEL, note)
  onTestFinished(() => void unsubscribe(SESSION_CHANNEL, note))
  return { reasons, seen: promise }
}

const textOf = (chunk: Uint8Array | undefined): string => new TextDecoder().decode(chunk)

describe.each(MODES)('a body that is a stream, $name', ({ createSessions: make }) => {
  it('is read while the handler still writes it, and its head has the cookie already', async () => {
    const written = Promise.withResolvers<ReadableStreamDefaultController<Uint8Array>>()
    const stream = new ReadableStream<Uint8Array>({ start: written.resolve })
    const handle = withSession(make({ secrets: SECRETS }), (_request, session) => {
      session['n'] = 1
      return new Response(stream)
    })
    const response = await handle(ask('/'))
    expect(cookiesOf(response)).toHaveLength(1)
    const [reader, writer] = [response.body?.getReader(), await written.promise]
    for (const part of ['one', 'two']) {
      writer.enqueue(new TextEncoder().encode(part))
      expect(textOf((await reader?.read())?.value)).toBe(part)
    }
    writer.close()
    expect((await reader?.read())?.done).toBe(true)
  })

  it('is told of, as a late change, where it changes the session', async () => {
    const { reasons, seen } = watch('late')
    const handle = withSession(make({ secrets: SECRETS }), (_request, session) => {
      session['n'] = 1
      const pull = (controller: ReadableStreamDefaultController<Uint8Array>): void => {
        session['n'] = 2
        controller.close()
      }
      return new Response(new ReadableStream({ pull }, { highWaterMark: 0 }))
    })
    const response = await handle(ask('/'))
    // What the adapter looks at right after the head comes before.
    await new Promise(setImmediate)
    await response.text()
    await seen
    expect(reasons.filter((reason) => reason === 'late')).toEqual(['late'])
  })

  it('ends where its reader leaves, and what it has changed is told of', async () => {
    const { seen } = watch('late')
    const cancelled = Promise.withResolvers<unknown>()
    const handle = withSession(make({ secrets: SECRETS }), (_request, session) => {
      session['n'] = 1
      const cancel = (reason: unknown): void => {
        session['n'] = 2
        cancelled.resolve(reason)
      }
      return new Response(new ReadableStream({ cancel }))
    })
    await (await handle(ask('/'))).body?.cancel('gone')
    expect(await cancelled.promise).toBe('gone')
    await seen
  })
})

describe('a visitor who leaves', () => {
  it('before the handler is done has changed what it changes, and is answered to nobody', async () => {
    const store = memoryStore()
    const sessions = createSessions<Data>({ secrets: SECRETS, store })
    const [arrived, gone, saved] = [1, 2, 3].map(() => Promise.withResolvers<void>())
    const handle = withSession(sessions, async (request, session) => {
      if (request.url.endsWith('/login')) session['n'] = 1
      if (!request.url.endsWith('/slow')) return new Response(String(session['n']))
      arrived?.resolve()
      await gone?.promise
      session['n'] = 2
      setImmediate(() => saved?.resolve())
      return new Response(`aborted: ${request.signal.aborted}`)
    })
    const listener = getRequestListener(handle)
    const server = createServer((request, response) => void listener(request, response))
    onTestFinished(() => server.close().closeAllConnections())
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const login = await fetch(`${origin}/login`)
    const headers = ask('/', login).headers
    const leaving = new AbortController()
    server.on('request', (_request, response) => response.on('close', () => gone?.resolve()))
    const asking = fetch(`${origin}/slow`, { headers, signal: leaving.signal })
    await arrived?.promise
    leaving.abort()
    await expect(asking).rejects.toMatchObject({ name: 'AbortError' })
    await saved?.promise
    expect(await (await fetch(`${origin}/`, { headers })).text()).toBe('2')
  })
})

describe('open', () => {
  it('gives one visit however often it is called for a request, also at once', async () => {
    const sessions = createSessions<Data>({ secrets: SECRETS, store: memoryStore() })
    const first = await open(sessions, ask('/'))
    first.session['n'] = 1
    const before = await first.answer(new Response())
    const request = ask('/', before)
    const [one, other] = await Promise.all([open(sessions, request), open(sessions, request)])
    expect([one === other, one?.session['n'], (await open(sessions, request)) === one]).toEqual([
      true,
      1,
      true,
    ])
  })

  it('keeps two sessions of one request apart, and answers with the cookies of both', async () => {
    const [shop, admin] = ['shop', 'admin'].map((name) =>
      createSessions<Data>({ secrets: SECRETS, revocation: 'none', cookie: { name } }),
    )
    if (shop === undefined || admin === undefined) throw new Error('two are made')
    const request = ask('/')
    let response = new Response()
    for (const sessions of [shop, admin]) (await open(sessions, request)).session['n'] = sessions.cookie.name
    for (const sessions of [shop, admin]) response = await (await open(sessions, request)).answer(response)
    expect(response.headers.getSetCookie().map((line) => line.split('=')[0])).toEqual([
      '__Host-shop',
      '__Host-admin',
    ])
    expect([response.headers.get('Vary'), response.headers.get('Cache-Control')]).toEqual([
      'Cookie',
      'no-store',
    ])
  })
})
