import { once } from 'node:events'
import { type IncomingMessage, request as requestHttp1, type ServerResponse } from 'node:http'
import { connect as connectHttp2 } from 'node:http2'
import { PassThrough, Readable, pipeline } from 'node:stream'
import { text } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import type { Header } from '@keepsake/core'
import compression from 'compression'
import { describe, expect, it } from 'vitest'
import { commitByHand, COOKIE, holdResponse, PROTOCOLS, serve, turns } from './serving.ts'

const FAULT = new Error('the store is down')

async function failSoon(): Promise<never> {
  await turns()
  throw FAULT
}

function plainly(response: ServerResponse): void {
  response.statusCode = 503
  response.setHeader('Content-Type', 'text/plain')
  response.end('refused')
}

async function plainlyLater(response: ServerResponse): Promise<void> {
  response.statusCode = 503
  response.setHeader('Content-Type', 'text/plain')
  await turns(10)
  response.write('refu')
  response.end('sed')
}

const ignore = (): void => undefined

/** The text and the trailers of one response. The suite's client does not read trailers. */
async function answerWithTrailers(protocol: string, origin: string): Promise<[string, object]> {
  if (protocol === 'http/1.1') {
    const [answer] = (await once(requestHttp1(origin).end(), 'response')) as [IncomingMessage]
    return [await text(answer), answer.trailers]
  }
  const session = connectHttp2(origin)
  const stream = session.request({ ':path': '/' })
  const trailers: Record<string, unknown> = {}
  stream.on('trailers', (fields: object) => Object.assign(trailers, fields))
  const body = await text(stream)
  session.destroy()
  return [body, trailers]
}

describe.each(PROTOCOLS)('an abandoned response and its handler, over %s', (protocol) => {
  it('send none of the handler’s trailers, early or late', async () => {
    const { origin } = await serve(protocol, async (request, response) => {
      holdResponse(request, response, { commit: failSoon, fail: () => void plainlyLater(response) })
      response.setHeader('Trailer', 'X-Handler')
      response.addTrailers({ 'X-Handler': 'early' })
      response.write('lost')
      await turns(10)
      response.addTrailers({ 'X-Handler': 'late' })
    })
    expect(await answerWithTrailers(protocol, origin)).toEqual(['refused', {}])
  })

  it('send no further early hints and no reason phrase of the handler', async () => {
    const { client } = await serve(protocol, async (request, response) => {
      holdResponse(request, response, { commit: failSoon, fail: () => void plainlyLater(response) })
      response.write('lost')
      await turns(10)
      response.writeEarlyHints({ link: '</handler.css>; rel=preload' })
      if (protocol === 'http/1.1') response.statusMessage = 'All is well'
    })
    const answer = await client.request('/')
    expect([answer.status, answer.text, answer.early]).toEqual([503, 'refused', []])
    expect(answer.reason).toBe(protocol === 'http/1.1' ? 'Service Unavailable' : '')
  })

  it('close a stream that the handler pipes in before the error response begins', async () => {
    const events: string[] = []
    const source = new PassThrough()
    const { client } = await serve(protocol, (request, response) => {
      const fail = async (): Promise<void> => {
        await turns()
        events.push('answered')
        plainly(response)
      }
      holdResponse(request, response, { commit: failSoon, fail: () => void fail() })
      pipeline(source, response, (error) => events.push(`closed: ${error?.message}`))
      source.write('lost')
    })
    expect((await client.request('/')).text).toBe('refused')
    expect(events).toEqual(['closed: the store is down', 'answered'])
    expect(source.destroyed).toBe(true)
  })

  it('close a stream that the handler pipes in later once the error response was sent', async () => {
    const source = new PassThrough()
    const { client } = await serve(protocol, async (request, response) => {
      holdResponse(request, response, { commit: failSoon, fail: () => void plainlyLater(response) })
      response.write('lost')
      await turns(10)
      pipeline(source, response, ignore)
      source.write('lost')
    })
    const closed = once(source, 'close').catch(ignore)
    expect((await client.request('/')).text).toBe('refused')
    await closed
    expect(source.destroyed).toBe(true)
  })

  it('are answered if the handler pipes the request into the response and the error response reads on', async () => {
    const { client } = await serve(protocol, (request, response) => {
      const fail = async (): Promise<void> => {
        response.statusCode = 503
        response.setHeader('Content-Type', 'text/plain')
        request.resume()
        await once(request, 'end')
        response.end('refused')
      }
      holdResponse(request, response, { commit: failSoon, fail: () => void fail() })
      request.pipe(response)
    })
    const answer = await client.request('/', { method: 'POST', body: 'echo '.repeat(100_000) })
    expect([answer.status, answer.text]).toEqual([503, 'refused'])
  })

  it('are answered with the other error if an earlier session cannot be saved either', async () => {
    const failures: string[] = []
    const { client } = await serve(protocol, async (request, response) => {
      for (const name of ['first', 'second']) {
        const fail = async (): Promise<void> => {
          failures.push(name)
          response.setHeader('X-Failed', name)
          await turns()
          for (let left = 3; left > 0; left--) response.write(name)
          await turns()
          response.end(name)
        }
        holdResponse(request, response, { commit: failSoon, fail: () => void fail() })
      }
      response.write('lost')
      await turns(20)
      response.end('lost')
    })
    const answer = await client.request('/')
    expect([answer.status, answer.values('x-failed'), answer.text]).toEqual([
      500,
      ['first'],
      'first'.repeat(4),
    ])
    expect(failures).toEqual(['second', 'first'])
  })

  const HEADS: Readonly<Record<string, (response: ServerResponse) => unknown>> = {
    'headers that it sets': (response) => {
      response.statusCode = 503
      response.setHeader('Set-Cookie', 'theme=dark')
      response.setHeader('Cache-Control', 'public')
    },
    'headers of its writeHead': (response) =>
      response.writeHead(503, { 'Set-Cookie': 'theme=dark', 'Cache-Control': 'public' }),
  }
  const COMMITTED: readonly Header[] = [COOKIE, ['Cache-Control', 'no-store']]

  it.each(Object.entries(HEADS))(
    'is answered with the cookie of another session that was saved, beside %s',
    async (_, head) => {
      const { client } = await serve(protocol, (request, response) => {
        const fail = (): void => {
          head(response)
          response.end('refused')
        }
        holdResponse(request, response, { commit: () => turns().then(() => COMMITTED), fail })
        holdResponse(request, response, { commit: failSoon, fail })
        response.end('lost')
      })
      const answer = await client.request('/')
      expect([answer.status, answer.text]).toEqual([503, 'refused'])
      expect(answer.values('set-cookie')).toEqual(['theme=dark', 'id=1'])
      expect(answer.values('cache-control')).toEqual(['no-store'])
    },
  )

  it.each(Object.entries(HEADS))(
    'is answered with the cookie that was saved before sending the headers failed, beside %s',
    async (_, head) => {
      const { client } = await serve(protocol, (request, response) => {
        const fail = (): void => {
          head(response)
          response.end('refused')
        }
        holdResponse(request, response, { commit: () => turns().then(() => COMMITTED), fail })
        response.writeHead(99)
        response.end('lost')
      })
      const answer = await client.request('/')
      expect([answer.status, answer.text]).toEqual([503, 'refused'])
      expect(answer.values('set-cookie')).toEqual(['theme=dark', 'id=1'])
      expect(answer.values('cache-control')).toEqual(['no-store'])
    },
  )

  it('drop the handler’s writes after invalid headers', async () => {
    const { commit, begun, done } = commitByHand()
    const { client } = await serve(protocol, async (request, response) => {
      holdResponse(request, response, { commit, fail: () => plainly(response) })
      response.writeHead(99)
      response.write('lost')
      await begun
      done()
      for (let ticks = 0; ticks < 50; ticks++) {
        await Promise.resolve()
        response.write('lost')
      }
    })
    const answer = await client.request('/')
    expect([answer.status, answer.text]).toEqual([503, 'refused'])
  })

  it('leave a visitor without a response waiting, and leave nothing behind when the visitor leaves', async () => {
    const source = new PassThrough()
    const { promise: failed, resolve } = Promise.withResolvers<ServerResponse>()
    const { client, visitor } = await serve(protocol, (request, response) => {
      if (request.url === '/alive') return response.end('alive')
      holdResponse(request, response, { commit: failSoon, fail: () => resolve(response) })
      source.pipe(response)
      return source.write('lost')
    })
    const leaving = visitor()
    const arriving = leaving.start('/').then(
      () => 'answered',
      () => 'left',
    )
    const closed = once(await failed, 'close')
    expect((await client.request('/alive')).text).toBe('alive')
    await leaving.close()
    await closed
    expect(await arriving).toBe('left')
  })
})

describe('an abandoned response, over http/1.1', () => {
  it('is replaced completely even if the handler destroys the socket, which then serves the next request', async () => {
    const { client } = await serve('http/1.1', async (request, response) => {
      const { remotePort } = request.socket
      if (request.url === '/port') return response.end(`${remotePort}`)
      holdResponse(request, response, { commit: failSoon, fail: () => void plainlyLater(response) })
      response.write('lost')
      await turns(10)
      return request.socket.destroy()
    })
    const { text: port } = await client.request('/port')
    expect((await client.request('/')).text).toBe('refused')
    expect((await client.request('/port')).text).toBe(port)
  })

  it('closes the connection if its error response destroys the socket', async () => {
    const { client } = await serve('http/1.1', (request, response) => {
      holdResponse(request, response, { commit: failSoon, fail: () => request.socket.destroy() })
      response.end('lost')
    })
    await expect(client.request('/')).rejects.toThrow()
  })

  const PAGE = 'refused '.repeat(100_000)
  const compress = compression({ threshold: 0 }) as unknown as (...args: unknown[]) => void

  it.each(['before', 'after'] as const)(
    'is answered by a stream if compression is mounted %s the session',
    async (order) => {
      const { client } = await serve('http/1.1', (request, response) => {
        const fail = (): void => {
          response.setHeader('Content-Type', 'text/plain')
          Readable.from(Array.from({ length: 100 }, () => PAGE.slice(0, PAGE.length / 100))).pipe(response)
        }
        if (order === 'before') compress(request, response, ignore)
        holdResponse(request, response, { commit: failSoon, fail })
        if (order === 'after') compress(request, response, ignore)
        response.setHeader('Content-Type', 'text/plain')
        Readable.from(Array.from({ length: 100 }, () => 'lost '.repeat(10_000))).pipe(response)
      })
      const answer = await client.request('/', { headers: { 'Accept-Encoding': 'gzip' } })
      const isCompressed = answer.values('content-encoding').includes('gzip')
      expect(isCompressed).toBe(order === 'before')
      expect((isCompressed ? gunzipSync(answer.body) : answer.body).toString() === PAGE).toBe(true)
    },
  )
})
