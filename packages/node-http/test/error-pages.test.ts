import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { describe, expect, it } from 'vitest'
import { commitByHand, holdResponse, type Listener, PROTOCOLS, serve, turns } from './serving.ts'

const WARNINGS: string[] = []
process.on('warning', ({ name, message }) => WARNINGS.push(`${name}: ${message}`))

const FAULT = new Error('the store is down')
const PAGE = 'page '.repeat(100_000)

/** What the handler does after its response was abandoned, while the error page is being sent. */
const STRAGGLERS: Readonly<Record<string, (response: ServerResponse) => unknown>> = {
  'keeps writing and ends': async (response) => {
    for (let left = 20; left > 0; left--) {
      response.write('straggler')
      await new Promise(setImmediate)
    }
    response.end('straggler')
  },
  'sets a status, headers and trailers, and then sends': async (response) => {
    await turns(3)
    for (let left = 3; left > 0; left--) {
      response.statusCode = 200
      response.setHeader('X-Straggler', 'yes')
      response.appendHeader('X-Straggler', 'again')
      response.removeHeader('X-Page')
      response.addTrailers({ 'X-Straggler': 'yes' })
      response.write('straggler')
      await turns(3)
    }
    response.writeHead(200, { 'X-Straggler': 'yes' })
    response.flushHeaders()
    response.end('straggler')
  },
  'pipes a stream in': (response) => Readable.from(endless()).pipe(response),
  'pipes a stream in while the page is being sent': async (response) => {
    await turns(3)
    Readable.from(endless()).pipe(response)
  },
  'runs a pipeline': (response) => pipeline(Readable.from(endless()), response).catch(() => undefined),
  'keeps writing whenever the buffer has room': (response) => {
    const write = (): void => {
      response.write('straggler')
      response.once('drain', write)
    }
    write()
  },
  'checks whether anything was sent': async (response) => {
    await turns(3)
    if (!response.headersSent) response.writeHead(200).end('straggler')
  },
}

/** An endless stream that the handler sends, even after its response has been abandoned. */
async function* endless(): AsyncGenerator<string> {
  for (;;) {
    await new Promise(setImmediate)
    yield 'straggler '
  }
}

type Page = (response: ServerResponse) => unknown

const begin = (response: ServerResponse): void => {
  response.statusCode = 503
  response.setHeader('X-Page', 'yes')
}

/** Asynchronous error pages, which send their headers first. */
const PAGES: Readonly<Record<string, Page>> = {
  'awaits between its headers and its body': async (response) => {
    begin(response)
    await turns(10)
    response.end(PAGE)
  },
  'awaits before it touches the response': async (response) => {
    await turns(10)
    begin(response)
    response.end(PAGE)
  },
  'writes its body in pieces': async (response) => {
    begin(response)
    for (let at = 0; at < PAGE.length; at += 50_000) {
      if (!response.write(PAGE.slice(at, at + 50_000))) await once(response, 'drain')
      await turns()
    }
    response.end()
  },
  'writes in callbacks, whenever the buffer has room': (response) => {
    begin(response)
    let at = 0
    const write = (): void => {
      if (at >= PAGE.length) return void response.end()
      const hasRoom = response.write(PAGE.slice(at, (at += 50_000)))
      if (hasRoom) setImmediate(write)
      else response.once('drain', write)
    }
    write()
  },
  'is piped in': (response) => {
    begin(response)
    Readable.from(pieces()).pipe(response)
  },
  'is a pipeline': async (response) => {
    begin(response)
    await turns()
    await pipeline(Readable.from(pieces()), response)
  },
}

async function* pieces(): AsyncGenerator<string> {
  for (let at = 0; at < PAGE.length; at += 50_000) {
    await turns(2)
    yield PAGE.slice(at, at + 50_000)
  }
}

async function answerOf(
  protocol: (typeof PROTOCOLS)[number],
  handler: Listener,
  page: Page,
  method = 'POST',
) {
  const { commit, begun, refused } = commitByHand()
  const { client } = await serve(protocol, (request, response) => {
    if (request.url !== '/') return response.end(String(request.socket.remotePort))
    holdResponse(request, response, { commit, fail: () => page(response) })
    return handler(request, response)
  })
  const { text: port } = await client.request('/port')
  const answering = client.request('/', method === 'POST' ? { method, body: 'unread' } : { method })
  await begun
  refused(FAULT)
  const answer = await answering
  await turns()
  expect((await client.request('/port')).text).toBe(port)
  return answer
}

describe.each(PROTOCOLS)('an abandoned response, over %s', (protocol) => {
  describe.each(Object.entries(PAGES))('and an error page that %s', (_, page) => {
    it.each(Object.entries(STRAGGLERS))(
      'is complete, without any output of a handler that %s',
      async (_name, straggle) => {
        const answer = await answerOf(
          protocol,
          (_request, response) => {
            response.setHeader('Content-Length', 9)
            response.setHeader('X-Straggler', 'early')
            response.setHeader('Date', 'straggler')
            response.addTrailers({ 'X-Straggler': 'early' })
            response.write('straggler')
            return straggle(response)
          },
          page,
        )
        expect([answer.status, answer.values('x-straggler'), answer.values('x-page')]).toEqual([
          503,
          [],
          ['yes'],
        ])
        expect(answer.values('date')).toEqual([expect.stringMatching(/GMT$/)])
        expect(answer.text === PAGE).toBe(true)
      },
    )
  })

  it('is replaced without a body for a HEAD request', async () => {
    const straggle = STRAGGLERS['keeps writing and ends'] ?? expect.fail()
    const page: Page = async (response) => {
      begin(response)
      response.setHeader('Content-Length', PAGE.length)
      await turns(10)
      response.end(PAGE)
    }
    const answer = await answerOf(protocol, (_request, response) => straggle(response), page, 'HEAD')
    expect([answer.status, answer.values('content-length'), answer.text]).toEqual([
      503,
      [`${PAGE.length}`],
      '',
    ])
  })
})

describe('an abandoned response and its error page', () => {
  it('cause no warning of Node in any of the cases above', () => {
    expect(WARNINGS).toEqual([])
  })
})
