import { once } from 'node:events'
import { type IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Header } from '@keepsake/core'
import { describe, expect, it } from 'vitest'
import type { AnyResponse } from '../src/headers/messages.ts'
import { commitByHand, COOKIE, holdResponse, PROTOCOLS, serve, turns } from './serving.ts'

const commitOf = (commits: string[]) => () => {
  commits.push('commit')
  return []
}

const neverFail = (error: unknown): never => {
  throw error
}
const commitAtOnce = (): readonly Header[] => [['Set-Cookie', 'fast=1']]

const CHUNK = Buffer.alloc(64 * 1024, 'keepsake ')
const CHUNKS = 80

async function* generate(): AsyncGenerator<Buffer> {
  for (let left = CHUNKS; left > 0; left--) yield await Promise.resolve(CHUNK)
}
const read = (): Readable => Readable.from(Array.from({ length: CHUNKS }, () => CHUNK))

const PIPES: Readonly<Record<string, (response: ServerResponse) => unknown>> = {
  'pipe()': (response) => read().pipe(response),
  'stream.pipeline': (response) => pipeline(read(), response),
  'stream.pipeline of a generator': (response) => pipeline(generate(), response),
  'a loop that waits for drain': async (response) => {
    for (let left = CHUNKS; left > 0; left--) {
      if (response.writableNeedDrain) await once(response, 'drain')
      response.write(CHUNK)
    }
    response.end()
  },
}

describe.each(PROTOCOLS)('a held response over %s', (protocol) => {
  it('sends no byte before the commit is done, not even the status line', async () => {
    const events: string[] = []
    const { commit, begun, done } = commitByHand(events)
    let held: IncomingMessage | undefined
    const { client, visitor } = await serve(protocol, (request, response) => {
      if (request.url === '/other') return response.end('other')
      held = request
      holdResponse(request, response, { commit, fail: neverFail })
      response.writeHead(201, { Location: '/there' })
      response.write('a')
      return response.end('b')
    })
    const answering = client.request('/', { events })
    await begun
    // Any byte sent so far would arrive before the response to a later request.
    await visitor().request('/other', { events: [] })
    await turns()
    events.push('other answered')
    if (protocol === 'http/1.1') expect(held?.socket.bytesWritten).toBe(0)
    done()
    const answer = await answering
    expect(events).toEqual(['commit begins', 'other answered', 'commit ends', 'first byte', 'end'])
    expect([answer.status, answer.text]).toEqual([201, 'ab'])
    expect([answer.values('location'), answer.values('set-cookie')]).toEqual([['/there'], ['id=1']])
  })

  it('appears sent in the meantime', async () => {
    const { commit, begun, done } = commitByHand()
    const seen: unknown[] = []
    const { client } = await serve(protocol, async (request, response) => {
      const note = (): void => {
        // Node 22 has no writableNeedDrain on HTTP/2.
        const { headersSent, writableEnded, writableNeedDrain = false } = response
        seen.push([headersSent, writableEnded, writableNeedDrain])
      }
      holdResponse(request, response, { commit, fail: neverFail })
      note()
      seen.push(response.write('a'))
      note()
      response.end('b')
      note()
      await once(response, 'finish')
      note()
    })
    const answering = client.request('/')
    await begun
    done()
    expect((await answering).text).toBe('ab')
    await turns()
    const [before, wrote, ...after] = seen
    expect(before).toEqual([false, false, false])
    expect(wrote).toBe(false)
    expect(after).toEqual([
      [true, false, true],
      [true, true, false],
      [true, true, false],
    ])
  })

  it('appears ended in the meantime if it ends with its first call', async () => {
    const { commit, begun, done } = commitByHand()
    const seen: unknown[] = []
    const { client } = await serve(protocol, (request, response) => {
      holdResponse(request, response, { commit, fail: neverFail })
      response.end('all')
      const { headersSent, writableEnded, writableNeedDrain = false } = response
      seen.push(headersSent, writableEnded, writableNeedDrain)
    })
    const answering = client.request('/')
    await begun
    done()
    expect((await answering).text).toBe('all')
    expect(seen).toEqual([true, true, false])
  })

  it('throws if headers are changed in the meantime, as Node does, and keeps the sent ones', async () => {
    const { commit, begun, done } = commitByHand()
    let held: AnyResponse | undefined
    const refused = expect.objectContaining({ code: 'ERR_HTTP_HEADERS_SENT' }) as unknown
    const { client } = await serve(protocol, (request, response) => {
      holdResponse(request, response, { commit, fail: neverFail })
      response.setHeader('X-Head', 'first')
      response.statusCode = 201
      response.end('first')
      response.statusCode = 500
      held = response
      expect(() => response.setHeader('X-Head', 'second')).toThrow(refused)
      expect(() => response.setHeaders(new Map([['X-Head', 'second']]))).toThrow(refused)
      expect(() => response.appendHeader('X-Head', 'second')).toThrow(refused)
      expect(() => response.removeHeader('X-Head')).toThrow(refused)
      expect(() => response.writeHead(500)).toThrow(refused)
      expect(response.getHeader('X-Head')).toBe('first')
    })
    const answering = client.request('/')
    await begun
    done()
    const answer = await answering
    expect([answer.status, answer.text, answer.values('x-head')]).toEqual([201, 'first', ['first']])
    expect(held?.statusCode).toBe(201)
  })

  it('emits no drain once it has ended', async () => {
    const { commit, begun, done } = commitByHand()
    let drains = 0
    const { client } = await serve(protocol, (request, response) => {
      holdResponse(request, response, { commit, fail: neverFail })
      response.on('drain', () => drains++)
      response.write('a')
      response.end('b')
    })
    const answering = client.request('/')
    await begun
    done()
    expect((await answering).text).toBe('ab')
    await turns()
    expect(drains).toBe(0)
  })

  it('emits drain once it was sent, and calls the callbacks of its writes in order', async () => {
    const { commit, begun, done } = commitByHand()
    const events: string[] = []
    const { client } = await serve(protocol, async (request, response) => {
      holdResponse(request, response, { commit, fail: neverFail })
      response.write('a', () => events.push('a is out'))
      response.write('b', 'utf8', () => events.push('b is out'))
      await once(response, 'drain')
      events.push('drain')
      response.end('c', () => events.push('the end'))
    })
    const answering = client.request('/')
    await begun
    await turns()
    expect(events).toEqual([])
    done()
    expect((await answering).text).toBe('abc')
    await turns()
    expect(events.toSorted()).toEqual(['a is out', 'b is out', 'drain', 'the end'])
    expect(events.indexOf('a is out')).toBeLessThan(events.indexOf('b is out'))
  })

  it.each(Object.entries(PIPES))(
    'sends 5 MB from %s, and buffers no more than the limit',
    async (_, pipe) => {
      const { commit, begun, done } = commitByHand()
      const { client } = await serve(protocol, (request, response) => {
        holdResponse(request, response, { commit, fail: neverFail })
        return pipe(response)
      })
      const answering = client.request('/')
      await begun
      await turns()
      done()
      const { body } = await answering
      expect(body.length).toBe(CHUNK.length * CHUNKS)
      expect(body.equals(Buffer.concat(Array.from({ length: CHUNKS }, () => CHUNK)))).toBe(true)
    },
  )

  it('waits for two commits, one for each of two sessions', async () => {
    const [first, second] = [commitByHand(), commitByHand()]
    const { client } = await serve(protocol, (request, response) => {
      holdResponse(request, response, { commit: first.commit, fail: neverFail })
      holdResponse(request, response, { commit: second.commit, fail: neverFail })
      response.write('a')
      response.end('b')
      // Express's final handler does this for an error after the end; see deferred-destroy.ts.
      request.socket.destroy()
    })
    const answering = client.request('/')
    await second.begun
    second.done([['Set-Cookie', 'second=1']])
    await first.begun
    await turns()
    first.done([['Set-Cookie', 'first=1']])
    const answer = await answering
    expect(answer.text).toBe('ab')
    expect(answer.values('set-cookie')).toEqual(['second=1', 'first=1'])
  })

  it.each(['first', 'second'] as const)(
    'waits for the asynchronous commit of the %s of two sessions if the handler only ends the response',
    async (slow) => {
      const { commit, begun, done } = commitByHand()
      const events: string[] = []
      const { client } = await serve(protocol, (request, response) => {
        for (const name of ['first', 'second'])
          holdResponse(request, response, { commit: name === slow ? commit : commitAtOnce, fail: neverFail })
        response.end('text')
      })
      const answering = client.request('/', { events })
      await begun
      await turns()
      events.push('done')
      done([['Set-Cookie', 'slow=1']])
      const answer = await answering
      expect([events[0], answer.text]).toEqual(['done', 'text'])
      expect(answer.values('set-cookie').toSorted()).toEqual(['fast=1', 'slow=1'])
    },
  )

  it('is sent to its own request among a thousand simultaneous ones', async () => {
    const commits: (() => void)[] = []
    const { promise: allHeld, resolve } = Promise.withResolvers<void>()
    const { visitor } = await serve(protocol, (request, response) => {
      const { commit, done } = commitByHand()
      holdResponse(request, response, { commit, fail: neverFail })
      response.end(`${request.url} ${'x'.repeat(10_000)}`)
      commits.push(() => done([['Set-Cookie', `id=${request.url?.slice(1)}`]]))
      if (commits.length === 1000) resolve()
    })
    const heapBefore = process.memoryUsage().heapUsed
    const clients = Array.from({ length: protocol === 'h2' ? 10 : 1000 }, visitor)
    const answers = Array.from({ length: 1000 }, async (_, at) => {
      const answer = await clients[at % clients.length]?.request(`/${at}`)
      expect(answer?.text).toBe(`/${at} ${'x'.repeat(10_000)}`)
      expect(answer?.values('set-cookie')).toEqual([`id=${at}`])
    })
    await allHeld
    // 10 MB of bodies; the rest is memory of the connections.
    expect(process.memoryUsage().heapUsed - heapBefore).toBeLessThan(150_000_000)
    for (const done of commits) done()
    await Promise.all(answers)
  })
})

describe('a synchronous commit', () => {
  it('passes the bytes to Node in the same tick, and keeps the response’s own methods', async () => {
    const seen: unknown[] = []
    const { client } = await serve('http/1.1', (request, response) => {
      holdResponse(request, response, { commit: () => [COOKIE], fail: neverFail })
      seen.push(response.write === ServerResponse.prototype.write)
      seen.push(response.write('a'))
      seen.push(response.headersSent && request.socket.bytesWritten + response.writableLength > 0)
      seen.push(response.write === ServerResponse.prototype.write)
      seen.push(Object.hasOwn(response, 'headersSent'), Object.hasOwn(request, 'socket'))
      response.end()
    })
    const answer = await client.request('/')
    expect(answer.values('set-cookie')).toEqual(['id=1'])
    expect(seen).toEqual([false, true, true, true, false, true])
  })

  it('runs once, whichever method is called first', async () => {
    const commits: string[] = []
    const { client } = await serve('http/1.1', (request, response) => {
      holdResponse(request, response, { commit: commitOf(commits), fail: neverFail })
      if (request.url === '/flush') response.flushHeaders()
      if (request.url === '/head') response.writeHead(200)
      if (request.url === '/write') response.write('a')
      response.end()
    })
    for (const path of ['/flush', '/head', '/write', '/end']) await client.request(path)
    expect(commits).toHaveLength(4)
  })
})

it('a held response of HTTP/1 gets no methods of its own for its headers: Node refuses changes itself', async () => {
  const { commit, begun, done } = commitByHand()
  const own: boolean[] = []
  const { client } = await serve('http/1.1', (request, response) => {
    holdResponse(request, response, { commit, fail: neverFail })
    response.end()
    own.push(Object.hasOwn(response, 'setHeader'), Object.hasOwn(response, 'headersSent'))
  })
  const answering = client.request('/')
  await begun
  done()
  await answering
  expect(own).toEqual([false, false])
})

it('a held response that cannot be sent appears sent until its error response', async () => {
  const { commit, begun, done } = commitByHand()
  const failed = Promise.withResolvers<unknown>()
  const seen: unknown[] = []
  const { client } = await serve('http/1.1', async (request, response) => {
    const fail = (error: unknown): void => {
      failed.resolve(error)
      response.end('failed')
    }
    holdResponse(request, response, { commit, fail })
    response.write(17)
    await begun
    done()
    // At the state of the commit so far, and not later than the end of this turn.
    for (let ticks = 0; ticks < 20; ticks++) await Promise.resolve()
    seen.push(response.headersSent)
  })
  const answer = await client.request('/')
  expect(await failed.promise).toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' })
  expect([answer.status, answer.text, ...seen]).toEqual([500, 'failed', true])
})
