import { describe, expect, it, vi } from 'vitest'
import { createSessions, StoreError, withSession } from '../src/index.ts'
import { ask, cookiesOf, MODES, SECRETS, sessionsOnFullDisk } from './asking.ts'

const handler = (): Response => new Response()

async function apologize(error: unknown): Promise<Response> {
  await new Promise(setImmediate)
  return new Response(`sorry: ${(error as Error).message}`, { status: 500 })
}

describe('withSession', () => {
  const swapped = withSession as unknown as (...args: readonly unknown[]) => unknown
  const sessions = createSessions({ secrets: SECRETS, revocation: 'none' })
  const order =
    'handler: expected the sessions first, then a function: withSession(sessions, (request, session) => new Response(…))'

  it.each<[string, readonly unknown[], string]>([
    ['its arguments swapped', [handler, sessions], order],
    ['no handler', [sessions], order],
    [
      'the options of sessions',
      [{ secrets: SECRETS }, handler],
      'sessions: expected what createSessions returns, got an object',
    ],
    [
      'an option that is not a function',
      [sessions, handler, { fail: 500 }],
      'fail: expected a function, got a number',
    ],
  ])('throws at start-up with %s', (_, args, message) => {
    expect(() => swapped(...args)).toThrow(expect.objectContaining({ name: 'ConfigError', message }))
  })

  it('passes on the host’s other arguments, such as the bindings of a Worker', async () => {
    interface Env {
      readonly greeting: string
    }
    const handle = withSession(sessions, (_request, session, { greeting }: Env, shout: string) => {
      session['n'] = 1
      return new Response(greeting + shout)
    })
    expect(await (await handle(ask('/'), { greeting: 'hello' }, '!')).text()).toBe('hello!')
  })

  it('chooses sessions by the request, and rejects a promise of them', async () => {
    const [north, south] = [createSessions({ secrets: SECRETS, audience: 'north' }), sessions]
    const count = withSession(
      (request: Request) => (request.url.endsWith('/north') ? north : south),
      (_request, session) => new Response(String((session['n'] = Number(session['n'] ?? 0) + 1))),
    )
    const first = await count(ask('/north'))
    expect(await (await count(ask('/north', first))).text()).toBe('2')
    expect(await (await count(ask('/south', first))).text()).toBe('1')
    const fail = vi.fn(() => new Response())
    await withSession((() => Promise.resolve(north)) as never, handler, { fail })(ask('/'))
    expect(fail).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ name: 'ConfigError' }),
      expect.any(Request),
    )
  })

  it('does not extend a session by a request that does not count as use', async () => {
    let now = Date.now()
    const short = createSessions({
      secrets: SECRETS,
      revocation: 'none',
      now: () => now,
      lifetime: { idle: '10m' },
    })
    const count = withSession(
      short,
      (_request, session) => new Response(String((session['n'] = Number(session['n'] ?? 0) + 1))),
      { extend: (request) => !request.url.endsWith('/poll') },
    )
    const texts: string[] = []
    let last: Response | undefined
    for (const path of ['/', '/poll', '/', '/poll', '/poll']) {
      last = await count(ask(path, last))
      texts.push(await last.text())
      now += 300_000
    }
    expect(texts).toEqual(['1', '2', '1', '2', '1'])
  })
})

describe.each(MODES)('a failing handler, $name', ({ createSessions: make }) => {
  const sessions = make({ secrets: SECRETS })
  const look = withSession(sessions, (_request, session) => new Response(String(session['n'])))

  it('has its changes saved, and is answered in plain text with the status of its error', async () => {
    const print = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const error = Object.assign(new Error('of no use to a visitor'), { status: 410 })
    const response = await withSession(sessions, (_request, session) => {
      session['n'] = 1
      throw error
    })(ask('/'))
    expect([response.status, await response.text(), response.headers.get('Content-Type')]).toEqual([
      410,
      'Error 410',
      'text/plain; charset=utf-8',
    ])
    expect(print).toHaveBeenCalledExactlyOnceWith(error)
    expect(await (await look(ask('/', response))).text()).toBe('1')
    print.mockRestore()
  })

  it('responds with a Response that it throws', async () => {
    const response = await withSession(sessions, (_request, session) => {
      session['n'] = 2
      throw Response.redirect('https://shop.example/login')
    })(ask('/'))
    expect(response.headers.get('Location')).toBe('https://shop.example/login')
    expect(await (await look(ask('/', response))).text()).toBe('2')
  })

  it('has its changes saved if the application responds to its error later', async () => {
    const failing = withSession(
      sessions,
      async (_request, session) => {
        session['n'] = 3
        await new Promise(setImmediate)
        throw new Error('out of stock')
      },
      { fail: apologize },
    )
    const response = await failing(ask('/'))
    expect(await response.clone().text()).toBe('sorry: out of stock')
    expect(await (await look(ask('/', response))).text()).toBe('3')
  })
})

describe('withSession, for a session that cannot be saved,', () => {
  const change = withSession<Record<string, unknown>>(sessionsOnFullDisk(), (_request, session) => {
    session['n'] = 1
    return new Response('all is well', { headers: { 'X-Handler': 'yes', 'Set-Cookie': 'theme=dark' } })
  })

  it('responds with a plain 503 without any header of the handler', async () => {
    const print = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const response = await change(ask('/'))
    expect([response.status, await response.text()]).toEqual([503, 'Service Unavailable'])
    expect([...response.headers]).toEqual([['content-type', 'text/plain; charset=utf-8']])
    expect(cookiesOf(response)).toEqual([])
    expect(print).toHaveBeenCalledExactlyOnceWith(expect.any(StoreError))
    print.mockRestore()
  })
})
