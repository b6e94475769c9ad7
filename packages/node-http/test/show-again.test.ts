import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { createSessions, FlashTakenError, memoryStore } from '@keepsake/core'
import { describe, expect, it } from 'vitest'
import { withSession } from '../src/index.ts'
import { ownUrl, showAgain } from '../src/show-again.ts'
import { PROTOCOLS, serve } from './serving.ts'

const options = { secrets: ['a secret that is only for tests, of 48 characters'] }

describe.each(PROTOCOLS)('a page that is to be shown again, over %s', (protocol) => {
  /** A server all of whose answers fail so. */
  const serveFailing = (error: Error) =>
    serve(protocol, (request, response) => {
      if (!showAgain(error, request, response, ownUrl(request))) response.writeHead(500).end('failed')
    })

  it.each(['/', '/page', '/in/side/page?a=1&b=%2F'])('leads to itself: %s', async (path) => {
    const { client } = await serveFailing(new FlashTakenError())
    const answer = await client.request(path)
    const base = `https://shop.example/prefix${path}`
    expect([answer.status, new URL(answer.values('location')[0] ?? '', base).href]).toEqual([307, base])
  })

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('is not one that was asked for by %s', async (method) => {
    const { client } = await serveFailing(new FlashTakenError())
    expect((await client.request('/', { method })).status).toBe(500)
  })

  it('is not one whose head has left', async () => {
    const { client } = await serve(protocol, (request, response) => {
      response.writeHead(200)
      response.end(String(showAgain(new FlashTakenError(), request, response, ownUrl(request))))
    })
    const answer = await client.request('/')
    expect([answer.status, answer.text]).toEqual([200, 'false'])
  })

  it('is not one that failed otherwise', async () => {
    const { client } = await serveFailing(Object.assign(new Error('other'), { status: 409 }))
    expect((await client.request('/')).status).toBe(500)
  })
})

/** The head of the answer to a target that clients would not send as it is. */
async function headFor(target: string): Promise<string> {
  const { origin } = await serve('http/1.1', (request, response) => {
    showAgain(new FlashTakenError(), request, response, ownUrl(request))
  })
  const socket = connect(Number(new URL(origin).port), '127.0.0.1')
  socket.end(Buffer.from(`GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`, 'utf8'))
  return text(socket)
}

describe('a page that is to be shown again', () => {
  it.each([
    ['/', './'],
    ['/?', './?'],
    ['/?a=/b?c', './?a=/b?c'],
    ['/in/side/', './'],
    ['/a:b', './a:b'],
    ['//other.example', './other.example'],
    ['//other.example/page?x', './page?x'],
    ['/\\other.example', './%5Cother.example'],
    ['/\\/other.example', './other.example'],
    ['http://other.example/page', './page'],
  ])('is on the same host, whatever its target: %s', async (target, location) => {
    expect(await headFor(target)).toMatch(/^HTTP\/1\.1 307 [^]*\r\nCache-Control: no-store\r\n/)
    expect(await headFor(target)).toContain(`\r\nLocation: ${location}\r\n`)
    expect(new URL(location, 'https://shop.example/').host).toBe('shop.example')
  })
})

describe('a target that a framework has decoded', () => {
  it.each([
    ['/caf\u00e9 1', './caf%C3%A9%201'],
    ['/a\r\nSet-Cookie: b=1', './a%0D%0ASet-Cookie:%20b=1'],
    ['/half \ud800', './half%20%EF%BF%BD'],
    ['*', './*'],
  ])('makes no header that Node refuses: %j', async (originalUrl, location) => {
    const { client } = await serve('http/1.1', (request, response) => {
      const url = ownUrl(Object.assign(request, { originalUrl }))
      showAgain(new FlashTakenError(), request, response, url)
    })
    expect((await client.request('/')).values('location')).toEqual([location])
  })
})

it.each(['/page', '/in/page?a=1'])(
  'withSession shows a page again whose message another request has shown: %s',
  async (path) => {
    const sessions = createSessions({ ...options, store: memoryStore() })
    const { client } = await serve(
      'http/1.1',
      withSession(sessions, async (request, response, session) => {
        if (request.url === '/save') session.flash('info', 'Saved')
        const messages = request.url === '/save' ? [] : session.flash('info')
        // As routers do that are no framework's.
        request.url = '/'
        const other = await sessions.open(request)
        if (messages.length > 0) other.session.flash('info')
        await other.close()
        response.end(messages.join())
      }),
    )
    await client.request('/save')
    const again = await client.request(path)
    expect([again.status, again.values('location')]).toEqual([307, [path.replace(/.*\//, './')]])
    const answer = await client.request(path)
    expect([answer.status, answer.text]).toEqual([200, ''])
  },
)
