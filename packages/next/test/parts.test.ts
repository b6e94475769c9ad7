import { createSessions, memoryStore } from '@keepsake/core'
import { describe, expect, it } from 'vitest'
import { createNextSession, crossOriginGuard } from '../src/index.ts'
import { readOnly } from '../src/read-only.ts'
import { responseOf } from '../src/route-handler.ts'

const secrets = ['a secret that is only for tests with 48 characters']

describe('createNextSession', () => {
  it('rejects anything except sessions at start-up', () => {
    expect(() => createNextSession({ secrets } as never)).toThrow(
      expect.objectContaining({ name: 'ConfigError', option: 'sessions' }),
    )
  })

  it('provides a proxy that passes on another response with the session’s headers', async () => {
    const sessions = createSessions({ secrets, revocation: 'none' })
    const visit = await sessions.open(undefined)
    visit.session['n'] = 1
    const [[, line = ''] = []] = await visit.close()
    const headers = { Cookie: line.split(';')[0] ?? '' }
    const { proxy } = createNextSession(sessions)
    const own = new Response('mine', { status: 418 })
    const answer = await proxy(new Request('https://shop.example/', { headers }), own)
    expect([answer.status, await answer.text(), answer.headers.get('Vary')]).toEqual([418, 'mine', 'Cookie'])
    expect(await proxy(new Request('https://shop.example/'), own)).toBe(own)
  })
})

describe('a read-only session', () => {
  const sessions = createSessions<{ map: Map<string, number>; list: { n: number }[] }>({
    secrets,
    store: memoryStore(),
  })
  const opened = async () => (await sessions.open(undefined)).session

  it('returns its data, and throws on changes at every depth of arrays and plain objects', async () => {
    const session = await opened()
    session.list = [{ n: 1 }]
    session.map = new Map([['a', 1]])
    const view = readOnly(session, () => undefined)
    expect(view.list).toEqual([{ n: 1 }])
    expect(view.map?.get('a')).toBe(1)
    expect(Object.entries(view)).toEqual([
      ['list', [{ n: 1 }]],
      ['map', new Map([['a', 1]])],
    ])
    expect(() => view.list?.forEach((item) => item.n++)).toThrow('read-only')
    expect(() => Object.defineProperty(view, 'map', { value: 1 })).toThrow('read-only')
    expect(session.list).toEqual([{ n: 1 }])
  })

  it('has the properties, and the controls that change nothing', async () => {
    const session = await opened()
    session.login('ada')
    const view = readOnly(session, () => undefined)
    expect([view.subject, view.isNew, view.isFresh('1m')]).toEqual(['ada', true, true])
    expect(view.verifyCsrf(view.csrfToken())).toBe(true)
    expect(view.explain().opened).toBe('no_cookie')
    expect(() => view.update(() => undefined)).toThrow('read-only')
  })

  it('is changed by a token if it is empty, and is not the one that listFor marks, as the README says', async () => {
    const session = await opened()
    const view = readOnly(session, () => undefined)
    view.csrfToken()
    expect(session.isChanged).toBe(true)
    await expect(sessions.listFor('ada', { current: view })).rejects.toThrow(TypeError)
  })
})

it.each([
  ['a response', { status: 'fulfilled', value: new Response(null, { status: 201 }) }, [201, null]],
  ['redirect()', thrown('NEXT_REDIRECT;replace;/a;b?c=d;307;'), [307, '/a;b?c=d']],
  ['notFound()', thrown('NEXT_HTTP_ERROR_FALLBACK;404'), [404, null]],
  ['an error', thrown(undefined), undefined],
  ['an error with the digest of something else', thrown('BAILOUT_TO_CLIENT_SIDE_RENDERING'), undefined],
  ['something that is not an error', { status: 'rejected', reason: undefined }, undefined],
] as const)(
  'the result of a route handler that ends with %s is its response, or is left to Next',
  (_, outcome, expected) => {
    const response = responseOf(outcome)
    expect(response && [response.status, response.headers.get('Location')]).toEqual(expected)
  },
)

function thrown(digest: unknown): PromiseRejectedResult {
  return { status: 'rejected', reason: Object.assign(new Error('thrown'), { digest }) }
}

it('the guard with token: true finds no session of withSession, and throws, as the README says', () => {
  const guarded = crossOriginGuard({ token: true })(() => new Response())
  const headers = { Cookie: '__Host-session=x', 'Sec-Fetch-Site': 'same-origin' }
  const request = new Request('https://shop.example/', { method: 'POST', headers })
  expect(() => guarded(request)).toThrow('found no session')
})
