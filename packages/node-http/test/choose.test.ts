import { ConfigError, createSessions, type Sessions } from '@keepsake/core'
import { describe, expect, it, vi } from 'vitest'
import { chooserOf } from '@keepsake/core/adapter'
import { attachSession, withSession } from '../src/index.ts'
import { PROTOCOLS, serve } from './serving.ts'

const SECRET = 'a secret that is only for tests and has 51 characters'
const shopOf = (name: string, secret: string): Sessions<Record<string, unknown>> =>
  createSessions({ secrets: [`${secret} of the tests of tenants: 0123456789`], cookie: { name } })

const count = (session: Record<string, unknown>): string =>
  String((session['visits'] = Number(session['visits'] ?? 0) + 1))

describe('chooserOf', () => {
  it('accepts sessions', () => {
    const sessions = createSessions({ secrets: [SECRET] })
    expect(chooserOf(sessions, createSessions)(undefined)).toBe(sessions)
  })

  it('creates sessions from options, once', () => {
    const choose = chooserOf({ secrets: [SECRET] }, createSessions)
    expect(choose('one').cookie.name).toBe('__Host-session')
    expect(choose('one')).toBe(choose('two'))
  })

  it.each([[undefined], [null], [{}], ['secret']])('rejects %j at start-up', (given) => {
    expect(() => chooserOf(given as never, createSessions)).toThrow(
      expect.objectContaining({ name: 'ConfigError' }),
    )
  })

  it.each([
    [
      'a promise',
      () => Promise.reject(new Error('nobody waits for it')),
      /expected the function to return sessions, not a promise/,
    ],
    ['undefined', () => undefined, /throw an error with a status, such as 404/],
    [
      'options',
      () => ({ secrets: [SECRET] }),
      /expected the function to return sessions made by createSessions/,
    ],
  ])('rejects a function that returns %s, with the expected result', (_, choosing, message) => {
    const choose = chooserOf(choosing as never, createSessions)
    expect(() => choose(undefined)).toThrow(ConfigError)
    expect(() => choose(undefined)).toThrow(message)
  })
})

describe.each(PROTOCOLS)('sessions chosen by the request, over %s', (protocol) => {
  const tenants = new Map([
    ['/north', shopOf('north', 'the secret of the shop in the north')],
    ['/south', shopOf('south', 'the secret of the shop in the south')],
  ])
  const find = (url: string | undefined): Sessions<Record<string, unknown>> => {
    const sessions = tenants.get(url ?? '')
    if (sessions === undefined) throw Object.assign(new Error('no such shop'), { status: 404 })
    return sessions
  }
  const listeners = {
    withSession: withSession(
      ({ url }) => find(url),
      (_request, response, session) => response.end(count(session)),
    ),
    attachSession: async (...[request, response]: Parameters<Parameters<typeof serve>[1]>) =>
      response.end(count(await attachSession(find(request.url), request, response))),
  }

  it.each(Object.entries(listeners))('belong to the request’s tenant only, with %s', async (_, listener) => {
    const { client } = await serve(protocol, listener)
    const names: string[] = []
    const texts: string[] = []
    for (const path of ['/north', '/north', '/south', '/north']) {
      const answer = await client.request(path)
      names.push(String(answer.values('set-cookie')[0]?.split('=')[0]))
      texts.push(answer.text)
    }
    expect(texts).toEqual(['1', '2', '1', '3'])
    expect(names).toEqual(['__Host-north', '__Host-north', '__Host-south', '__Host-north'])
  })

  it('cause a response with the error’s status if there are none for a request, and the server continues', async () => {
    const print = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const { client } = await serve(protocol, listeners.withSession)
    const answer = await client.request('/east')
    expect([answer.status, answer.text]).toEqual([404, 'Not Found'])
    expect((await client.request('/north')).text).toBe('1')
    print.mockRestore()
  })
})
