import { createHash } from 'node:crypto'
import { once } from 'node:events'
import {
  createServer,
  type IncomingMessage,
  type ServerResponse,
  request as requestUpstream,
} from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { expect, it } from 'vitest'
import type { Handler } from '../host.ts'
import { NO_STORE, SET, VARY } from '../lines.ts'
import { canDo, comparable, listenFor, type Stage } from '../stage.ts'
import { pairsOf } from '../wire.ts'

const HOP_BY_HOP: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'transfer-encoding', 'date'])

const CHUNK = Buffer.alloc(64 * 1024, 'keepsake ')
const CHUNKS = 80

const big = (): Readable => Readable.from(Array.from({ length: CHUNKS }, () => CHUNK))
const digest = (body: Buffer): string => createHash('sha256').update(body).digest('hex')
const BIG_DIGEST = digest(Buffer.concat(Array.from({ length: CHUNKS }, () => CHUNK)))

const writing =
  (answer: Handler): Handler =>
  (exchange) => {
    exchange.session['name'] = 'Ada'
    return answer(exchange)
  }
/** A handler that responds only through Node's response. */
const raw = (answer: Handler): Handler =>
  writing((exchange) => {
    exchange.takeOver()
    return answer(exchange)
  })

async function* chunks(): AsyncGenerator<Buffer> {
  for (let left = CHUNKS; left > 0; left--) yield await Promise.resolve(CHUNK)
}

const STREAMS: Readonly<Record<string, Handler>> = {
  'stream.pipeline from a stream': raw(({ response }) => pipeline(big(), response)),
  'stream.pipeline from a generator': raw(({ response }) => pipeline(chunks(), response)),
  'pipe()': raw(({ response }) => void big().pipe(response)),
  'the framework’s own way': writing(({ send }) => send(big())),
}

export function bodyScenarios({ host, serve, fields }: Stage): void {
  it.each(Object.entries(STREAMS))('streams 5 MB unchanged through %s', async (_, handler) => {
    const { client } = await serve({ '/': handler })
    const answer = await client.request('/')
    expect(answer.body.length).toBe(CHUNKS * CHUNK.length)
    expect(digest(answer.body)).toBe(BIG_DIGEST)
    expect(comparable(answer)).toEqual(fields(SET, VARY, NO_STORE))
  })

  if (canDo(host, 'the headers of an event stream'))
    it('sends the cookie in the headers of an event stream, before the first event', async () => {
      let open: ServerResponse | undefined
      const { client } = await serve({
        '/': raw(({ response }) => {
          response.setHeader('Content-Type', 'text/event-stream')
          response.flushHeaders()
          open = response
        }),
      })
      const answer = await client.start('/')
      expect(comparable(answer)).toEqual(fields(SET, VARY, NO_STORE))
      const events = answer.body[Symbol.asyncIterator]()
      for (const event of ['one', 'two', 'three']) {
        open?.write(`data: ${event}\n\n`)
        expect(String((await events.next()).value)).toBe(`data: ${event}\n\n`)
      }
      await events.return?.()
    })

  it.each([200, 204, 304])('sets the cookie on a %i without a body', async (status) => {
    const { client } = await serve({
      '/': raw(({ response }) => {
        response.statusCode = status
        response.end()
      }),
    })
    const answer = await client.request('/')
    expect([answer.status, answer.body.length]).toEqual([status, 0])
    expect(comparable(answer)).toEqual(fields(SET, VARY, NO_STORE))
  })

  it('sets the cookie on the response to HEAD', async () => {
    const { client } = await serve({ '/': writing(({ send }) => send('not shown')) })
    const answer = await client.request('/', { method: 'HEAD' })
    expect([answer.status, answer.body.length]).toEqual([200, 0])
    expect(comparable(answer)).toEqual(fields(SET, VARY, NO_STORE))
  })

  if (canDo(host, 'early hints'))
    it('sends early hints before the headers and without the cookie', async () => {
      const { client } = await serve({
        '/': writing(async ({ response, send }) => {
          response.writeEarlyHints({ link: '</style.css>; rel=preload; as=style' })
          return send('')
        }),
      })
      const answer = await client.request('/')
      expect(answer.early.map(({ status }) => status)).toEqual([103])
      expect(answer.early.flatMap((early) => early.fields.map(([name]) => name.toLowerCase()))).toEqual([
        'link',
      ])
      expect(comparable(answer)).toEqual(fields(SET, VARY, NO_STORE))
    })

  it('keeps the cookies of an answer from upstream that is piped through', async () => {
    const upstream = await listenFor(
      createServer((_request, response) => {
        response.writeHead(203, { 'Set-Cookie': ['a=1; Path=/', 'b=2'], Vary: 'Accept', 'X-Up': 'stream' })
        void pipeline(big(), response)
      }),
    )
    const { client } = await serve({
      '/': raw(async ({ response }) => {
        const asked = requestUpstream(upstream).end()
        const [answer] = (await once(asked, 'response')) as [IncomingMessage]
        const headers = pairsOf(answer.rawHeaders).filter(([name]) => !HOP_BY_HOP.has(name.toLowerCase()))
        response.writeHead(answer.statusCode ?? 0, headers.flat())
        await pipeline(answer, response)
      }),
    })
    const answer = await client.request('/')
    expect([answer.status, digest(answer.body)]).toEqual([203, BIG_DIGEST])
    expect(comparable(answer)).toEqual(
      fields(
        ['Set-Cookie', 'a=1; Path=/'],
        ['Set-Cookie', 'b=2'],
        SET,
        ['Vary', 'Accept, Cookie'],
        ['X-Up', 'stream'],
        NO_STORE,
      ),
    )
  })
}
