import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { memoryStore, type Session } from '@keepsake/core'
import type { Data } from '@keepsake/testing'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { createSessions, withSession } from '../src/index.ts'
import { ask, cookiesOf, MODES, SECRETS, watch } from './asking.ts'

// The listener of Hono's server replaces them, and other files share this process.
const NODES_OWN = { Request: { value: globalThis.Request }, Response: { value: globalThis.Response } }
afterAll(() => void Object.defineProperties(globalThis, NODES_OWN))

type Reader = ReadableStreamDefaultReader<Uint8Array>
type Writer = ReadableStreamDefaultController<Uint8Array>

const textOf = (chunk: Uint8Array | undefined): string => new TextDecoder().decode(chunk)

describe.each(MODES)('a streamed body, $name', ({ createSessions: make }) => {
  it('is read while the handler is still writing it, with the cookie in its headers', async () => {
    const written = Promise.withResolvers<Writer>()
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

  it.each([
    ['to its end', (_reader, writer) => writer.close(), []],
    ['until its reader leaves', (reader) => reader.cancel('gone'), ['gone']],
  ] satisfies readonly [string, (reader: Reader, writer: Writer) => unknown, readonly string[]][])(
    'is reported as a late change if it changes the session while it is read %s',
    async (_, end, reasonsOfEnd) => {
      const { reasons, seen } = watch('late')
      const written = Promise.withResolvers<Writer>()
      let session: Session<Data> | undefined
      const cancelled: unknown[] = []
      const stream = new ReadableStream<Uint8Array>({
        start: written.resolve,
        cancel: (why) => void cancelled.push(why),
      })
      const handle = withSession(make({ secrets: SECRETS }), (_request, given) => {
        session = given
        session['n'] = 1
        return new Response(stream)
      })
      const reader = new ReadableStreamDefaultReader((await handle(ask('/'))).body ?? new ReadableStream())
      const writer = await written.promise
      writer.enqueue(new TextEncoder().encode('one'))
      await reader.read()
      // The adapter's checks right after the headers run before this.
      for (let left = 5; left > 0; left--) await new Promise(setImmediate)
      expect(reasons).not.toContain('late')
      if (session !== undefined) session['n'] = 2
      await end(reader, writer)
      await Promise.all([reader.read(), seen])
      expect(reasons.filter((reason) => reason === 'late')).toEqual(['late'])
      expect(cancelled).toEqual(reasonsOfEnd)
    },
  )
})

describe('a visitor who leaves', () => {
  it('before the handler is done does not prevent the handler’s changes from being saved', async () => {
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
