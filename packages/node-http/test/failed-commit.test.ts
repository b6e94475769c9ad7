import { AsyncResource } from 'node:async_hooks'
import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { describe, expect, it } from 'vitest'
import { ResponseTooLargeError } from '../src/hold/buffered-calls.ts'
import {
  commitByHand,
  holdResponse,
  type Listener,
  type Protocol,
  PROTOCOLS,
  serve,
  turns,
} from './serving.ts'

const WARNINGS: string[] = []
process.on('warning', ({ name, message }) => WARNINGS.push(`${name}: ${message}`))

const FAULT = new Error('the store is down')

/** An endless stream that the handler sends, even after its response has been abandoned. */
async function* endless(): AsyncGenerator<string> {
  for (;;) {
    await new Promise(setImmediate)
    yield 'straggler '
  }
}

const failAtOnce = (): never => {
  throw FAULT
}

const plainly = (response: ServerResponse, text = 'refused'): void => {
  response.setHeader('Content-Type', 'text/plain')
  response.end(text)
}

/** Serves one handler whose commit is refused after it has sent something, and returns what the visitor sees. */
async function refuse(protocol: Protocol, handler: Listener, fail = plainly) {
  const failures: unknown[] = []
  const { commit, begun, refused } = commitByHand()
  const { client } = await serve(protocol, (request, response) => {
    if (request.url !== '/') return response.end('alive')
    const answer = (error: unknown): void => {
      failures.push(error)
      fail(response)
    }
    holdResponse(request, response, { commit, fail: answer })
    return handler(request, response)
  })
  const answering = client.request('/', { method: 'POST', body: 'unread' })
  await begun
  await turns()
  refused(FAULT)
  const answer = await answering
  expect((await client.request('/alive')).text).toBe('alive')
  return { answer, failures }
}

describe.each(PROTOCOLS)('a commit that fails over %s', (protocol) => {
  it('sends none of the handler’s headers and nothing of its body, and is reported once', async () => {
    const { answer, failures } = await refuse(protocol, (_request, response) => {
      response.setHeader('X-Early', 'yes')
      response.setHeader('Set-Cookie', 'theme=dark')
      if (protocol === 'http/1.1') response.statusMessage = 'Well done'
      response.writeHead(201, { 'X-Late': 'yes', Location: '/there' })
      response.write('well')
      response.end('done')
    })
    expect([answer.status, answer.text]).toEqual([500, 'refused'])
    for (const name of ['x-early', 'x-late', 'location', 'set-cookie'])
      expect(answer.values(name)).toEqual([])
    expect(failures).toEqual([FAULT])
    expect(answer.reason).toBe(protocol === 'http/1.1' ? 'Internal Server Error' : '')
  })

  it('drops the handler’s later writes, before the error response and after its end', async () => {
    const { promise: over, resolve } = Promise.withResolvers<void>()
    const { answer } = await refuse(protocol, async (_request, response) => {
      for (let left = 30; left > 0; left--) {
        response.write('straggler')
        await new Promise(setImmediate)
      }
      response.end('straggler')
      resolve()
    })
    expect(answer.text).toBe('refused')
    await over
  })

  it('waits for an asynchronous error handler while the handler writes on and ends', async () => {
    const { answer } = await refuse(
      protocol,
      async (_request, response) => {
        for (let left = 8; left > 0; left--) {
          response.write('straggler')
          await new Promise(setImmediate)
        }
        response.end()
      },
      (response) => void turns(10).then(() => plainly(response)),
    )
    expect([answer.status, answer.text]).toEqual([500, 'refused'])
  })

  it('lets an error handler respond later with a status and no header', async () => {
    const { answer } = await refuse(
      protocol,
      (_request, response) => void response.write('lost'),
      (response) => void turns().then(() => Object.assign(response, { statusCode: 503 }).end()),
    )
    expect([answer.status, answer.text]).toEqual([503, ''])
  })

  it('accepts an error response from another request’s callback only if that is bound to the error handler', async () => {
    const queue: (() => void)[] = []
    const worker = (async () => {
      while (queue.length === 0) await new Promise(setImmediate)
      for (const call of queue) call()
    })()
    const { answer } = await refuse(
      protocol,
      (_request, response) => void response.write('lost'),
      (response) => {
        queue.push(() => plainly(response, 'stray'))
        queue.push(AsyncResource.bind(() => plainly(response)))
      },
    )
    expect(answer.text).toBe('refused')
    await worker
  })

  it('ends a pipeline into the response, closes its source, and sends the error response', async () => {
    const source = Readable.from(endless())
    const { promise: over, resolve } = Promise.withResolvers<unknown>()
    const { answer } = await refuse(protocol, (_request, response) => {
      pipeline(source, response).then(resolve, resolve)
    })
    expect(answer.text).toBe('refused')
    expect(await over).toBe(FAULT)
    expect(source.destroyed).toBe(true)
  })

  it('stops a stream piped into the response, and sends the error response', async () => {
    const source = Readable.from(endless())
    const { answer } = await refuse(protocol, (_request, response) => source.pipe(response))
    expect(answer.text).toBe('refused')
    expect(source.readableFlowing).toBe(false)
  })

  it('passes the error to the callback of a write', async () => {
    const errors: unknown[] = []
    await refuse(protocol, async (_request, response) => {
      response.write('lost', (error) => errors.push(error))
      await turns(10)
      response.end(() => errors.push('the end'))
    })
    await turns(10)
    expect(errors[0]).toBe(FAULT)
    expect(errors).toHaveLength(2)
  })

  it('sends the error response even if the handler has asked to destroy the socket', async () => {
    const { commit, begun, refused } = commitByHand()
    const { client } = await serve(protocol, (request, response) => {
      holdResponse(request, response, { commit, fail: () => plainly(response) })
      response.end('lost')
      request.socket.destroy()
    })
    const answering = client.request('/')
    await begun
    refused(FAULT)
    expect((await answering).text).toBe('refused')
  })

  it('sends the error response even if it fails synchronously and the socket is to be destroyed in that tick', async () => {
    const large = 'refused '.repeat(1_000_000)
    const { client } = await serve(protocol, (request, response) => {
      holdResponse(request, response, { commit: failAtOnce, fail: () => response.end(large) })
      response.setHeader('X-Early', 'yes')
      response.end('lost')
      expect([response.headersSent, response.writableEnded]).toEqual([true, true])
      request.socket.destroy()
    })
    const answer = await client.request('/')
    expect([answer.status, answer.text === large, answer.values('x-early')]).toEqual([500, true, []])
  })
})

describe.each(PROTOCOLS)('more than 16 MiB written without waiting, over %s', (protocol) => {
  it.each(['done', 'refused'] as const)('is rejected once, even if the commit is then %s', async (end) => {
    const failures: unknown[] = []
    const hand = commitByHand()
    const { client } = await serve(protocol, async (request, response) => {
      const fail = (error: unknown): void => {
        failures.push(error)
        plainly(response)
      }
      holdResponse(request, response, { commit: hand.commit, fail })
      const mebibyte = Buffer.alloc(1024 * 1024)
      for (let left = 16; left > 0; left--) response.write(mebibyte)
      await turns()
      failures.push('16 are kept')
      response.write('one more')
      for (let left = 16; left > 0; left--) response.write(mebibyte)
    })
    const answer = await client.request('/')
    expect([answer.status, answer.text]).toEqual([500, 'refused'])
    if (end === 'done') hand.done()
    else hand.refused(FAULT)
    await turns()
    expect(failures).toEqual(['16 are kept', expect.any(ResponseTooLargeError)])
  })
})

describe.each(PROTOCOLS)('invalid headers, detected after the commit, over %s', (protocol) => {
  it('lead to an error response with the committed cookie', async () => {
    const { commit, begun, done } = commitByHand()
    const failures: unknown[] = []
    const { client } = await serve(protocol, (request, response) => {
      const fail = (error: unknown): void => {
        failures.push(error)
        plainly(response)
      }
      holdResponse(request, response, { commit, fail })
      response.setHeader('X-Early', 'yes')
      response.writeHead(99)
      response.end('lost')
    })
    const answering = client.request('/')
    await begun
    done()
    const answer = await answering
    expect([answer.status, answer.text, answer.values('x-early')]).toEqual([500, 'refused', []])
    expect(answer.values('set-cookie')).toEqual(['id=1'])
    expect(failures).toEqual([expect.objectContaining({ name: 'RangeError' })])
  })

  it('close the connection if a part of the body was sent', async () => {
    const { commit, begun, done } = commitByHand()
    const { client } = await serve(protocol, (request, response) => {
      holdResponse(request, response, { commit, fail: () => undefined })
      response.write('part')
      response.end(99 as unknown as string)
    })
    const answering = client.request('/')
    answering.catch(() => undefined)
    await begun
    done()
    await expect(answering).rejects.toThrow()
  })
})

describe.each(PROTOCOLS)('a visitor who leaves, over %s', (protocol) => {
  const ends = ['done', 'refused'] as const
  const times = ['before the commit', 'during the commit', 'after the commit'] as const
  const cases = times.flatMap((time) => ends.map((end) => [time, end] as const))

  it.each(cases)('%s causes no error when the commit is %s', async (time, end) => {
    const hand = commitByHand()
    const { promise: goOn, resolve } = Promise.withResolvers<void>()
    const { promise: arrived, resolve: arrive } = Promise.withResolvers<ServerResponse>()
    const { client, visitor } = await serve(protocol, async (request, response) => {
      if (request.url === '/alive') return response.end('alive')
      holdResponse(request, response, {
        commit: hand.commit,
        fail: () => response.destroyed || plainly(response),
      })
      arrive(response)
      await goOn
      response.write('a')
      await turns()
      return response.end('b')
    })
    const leaving = visitor()
    const gone = leaving.request('/').catch(() => undefined)
    const response = await arrived
    const closed = new Promise((resolve) => response.once('close', resolve))
    const finish = (): void => (end === 'done' ? hand.done() : hand.refused(FAULT))
    if (time !== 'before the commit') resolve()
    if (time !== 'before the commit') await hand.begun
    if (time === 'after the commit') finish()
    await leaving.close()
    await Promise.all([closed, gone])
    resolve()
    if (time !== 'after the commit') finish()
    await turns(20)
    // An abandoned response appears sent permanently.
    for (const name of end === 'done'
      ? (['headersSent', 'writableEnded', 'writableNeedDrain'] as const)
      : []) {
      expect(response[name]).toBe(Reflect.get(Object.getPrototypeOf(response) as object, name, response))
    }
    expect(response.listenerCount('drain')).toBe(0)
    expect((await client.request('/alive')).text).toBe('alive')
  })
})

describe('a failed commit', () => {
  // Node prints a warning once per process, so this test checks all of the above.
  it('causes no warning of Node in any of the cases above', () => {
    expect(WARNINGS).toEqual([])
  })
})
