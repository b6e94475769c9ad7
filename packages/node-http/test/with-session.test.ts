import { createSessions } from '@keepsake/core'
import { type AdapterSessions, OPEN } from '@keepsake/core/adapter'
import { inSlowMotion, sealedModes } from '@keepsake/testing'
import { describe, expect, it, vi } from 'vitest'
import { attachSession, withSession } from '../src/index.ts'
import { PROTOCOLS, serve } from './serving.ts'

const options = { secrets: ['a secret that is only for tests with 48 characters'] }
const down: AdapterSessions<Record<string, unknown>> = {
  ...createSessions(options),
  [OPEN]: () => Promise.reject(new Error('the store is down')),
}

/** Captures standard error until the test ends. */
function printed() {
  return vi.spyOn(console, 'error').mockImplementation(() => undefined)
}

const handler = (): undefined => undefined

describe('withSession', () => {
  const swapped = withSession as unknown as (...args: readonly unknown[]) => unknown
  const order =
    'handler: expected the sessions first, then a function: withSession(sessions, (request, response, session) => …)'

  it.each<[string, readonly unknown[], string]>([
    ['its arguments swapped', [handler, createSessions({ ...options, revocation: 'none' })], order],
    ['no handler', [createSessions({ ...options, revocation: 'none' })], order],
    [
      'the options of sessions',
      [options, handler],
      'sessions: expected what createSessions returns, got an object',
    ],
    ['no sessions', [undefined, handler], 'sessions: expected what createSessions returns, got undefined'],
  ])('throws at start-up with %s', (_, args, message) => {
    expect(() => swapped(...args)).toThrow(expect.objectContaining({ name: 'ConfigError', message }))
  })
})

describe.each(sealedModes)('withSession, $name', (mode) => {
  it.each(PROTOCOLS)('gives the handler the session, over %s', async (protocol) => {
    const sessions = mode.createSessions(options)
    const count = withSession(sessions, (_request, response, session) => {
      session['visits'] = Number(session['visits'] ?? 0) + 1
      response.end(String(session['visits']))
    })
    const { client, visitor } = await serve(protocol, count)
    await client.request('/')
    expect((await client.request('/')).text).toBe('2')
    expect((await visitor().request('/')).text).toBe('1')
  })

  it('responds with a plain 500, and prints the error, if the session cannot be saved', async () => {
    const print = printed()
    const listener = withSession(mode.createSessions(options), (_request, response, session) => {
      session['blob'] = 'x'.repeat(5000)
      response.setHeader('X-Handler', 'yes')
      response.end('all is well')
    })
    const { client } = await serve('http/1.1', listener)
    const answer = await client.request('/')
    expect([answer.status, answer.text]).toEqual([500, 'Internal Server Error'])
    expect([answer.values('x-handler'), answer.values('set-cookie')]).toEqual([[], []])
    expect(answer.values('content-type')).toEqual(['text/plain; charset=utf-8'])
    expect(print).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ name: 'CookieTooLargeError' }))
    print.mockRestore()
  })

  it('does not extend a session by a request that does not count as use', async () => {
    let now = Date.now()
    const sessions = mode.createSessions({ ...options, now: () => now, lifetime: { idle: '10m' } })
    const count = withSession(
      sessions,
      (_request, response, session) => {
        session['n'] = Number(session['n'] ?? 0) + 1
        response.end(String(session['n']))
      },
      { extend: (request) => request.url !== '/poll' },
    )
    const { client } = await serve('http/1.1', count)
    const texts: string[] = []
    for (const path of ['/', '/poll', '/', '/poll', '/poll']) {
      texts.push((await client.request(path)).text)
      now += 300_000
    }
    expect(texts).toEqual(['1', '2', '1', '2', '1'])
  })

  it('lets the application send its own response, with the status set', async () => {
    const listener = withSession(
      mode.createSessions(options),
      (_request, response, session) => {
        session['when'] = (): void => undefined
        response.end('all is well')
      },
      { fail: (error, request, response) => response.end(`${request.url}: ${(error as Error).name}`) },
    )
    const { client } = await serve('http/1.1', listener)
    const answer = await client.request('/path')
    expect([answer.status, answer.text]).toEqual([500, '/path: SessionDataError'])
  })
})

describe('withSession', () => {
  it('passes on the handler’s error or result', async () => {
    const sessions = createSessions(options)
    const seen: unknown[] = []
    const failing = withSession(sessions, () => {
      throw new Error('a fault')
    })
    const late = withSession(inSlowMotion(sessions), () => {
      throw new Error('a late fault')
    })
    const returning = withSession(sessions, () => 'returned')
    const { client } = await serve('http/1.1', async (request, response) => {
      seen.push(returning(request, response))
      expect(() => failing(request, response)).toThrow('a fault')
      await expect(late(request, response)).rejects.toThrow('a late fault')
      response.end()
    })
    await client.request('/')
    expect(seen).toEqual(['returned'])
  })

  it('responds with a 500 if the session cannot be opened, by default and with the application’s own response', async () => {
    const print = printed()
    const plain = withSession(down, (_request, response) => response.end('all is well'))
    const own = withSession(down, (_request, response) => response.end('all is well'), {
      fail: (error, _request, response) => response.end((error as Error).message),
    })
    const { client } = await serve('http/1.1', (request, response) =>
      (request.url === '/own' ? own : plain)(request, response),
    )
    const answers = [await client.request('/'), await client.request('/own')]
    expect(answers.map(({ status, text }) => [status, text])).toEqual([
      [500, 'Internal Server Error'],
      [500, 'the store is down'],
    ])
    expect(print).toHaveBeenCalledOnce()
    print.mockRestore()
  })
})

describe('attachSession', () => {
  it('has the session synchronously in sealed mode', async () => {
    const sessions = createSessions(options)
    const { client } = await serve('http/1.1', (request, response) => {
      const session = attachSession(sessions, request, response)
      expect(session).not.toBeInstanceOf(Promise)
      response.end()
    })
    expect((await client.request('/')).values('vary')).toEqual(['Cookie'])
  })

  it('rejects, and does not change the response, if the session cannot be opened', async () => {
    const { client } = await serve('http/1.1', async (request, response) => {
      await expect(attachSession(down, request, response)).rejects.toThrow('the store is down')
      response.end('anonymous')
    })
    expect((await client.request('/')).text).toBe('anonymous')
  })
})
