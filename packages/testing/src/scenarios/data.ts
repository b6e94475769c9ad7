import { type DataOptions, memoryStore, type SessionsOptions, type StandardSchema } from '@keepsake/core'
import { expect, it } from 'vitest'
import type { Data } from '../host.ts'
import type { Routes, Stage } from '../stage.ts'

type Options = Partial<SessionsOptions & DataOptions<Data>>

const ROUTES: Routes = {
  '/login': ({ session, send }) => {
    session.login('ada')
    Object.assign(session, { tenant: 'one', n: 1 })
    session.permanent = true
    return send('in')
  },
  '/who': ({ session, send }) => send(`${session.subject} ${JSON.stringify(session)}`),
  '/why': ({ session, send }) => send(session.explain().opened),
  '/wrong': ({ session, send }) => {
    session['n'] = 'a secret'
    return send('saved')
  },
}

/** Data with a number `n`; a text is converted to a number. */
const COUNTED: StandardSchema<Data> = {
  '~standard': {
    version: 1,
    vendor: 'keepsake',
    validate(value) {
      const data = value as Data
      const n = typeof data['n'] === 'number' ? data['n'] : Number.NaN
      return Number.isNaN(n) ? { issues: [{ message: '', path: ['n'] }] } : { value: { ...data, n } }
    },
  },
}

const WHERE: readonly [string, () => Options][] = [
  ['in its cookie', () => ({})],
  ['in a store', () => ({ store: memoryStore(), revocation: undefined })],
]

type Fields = Readonly<Record<string, unknown>> | Headers

/** `accept` receives the host's request: one of Node, or one of the Fetch API. */
function tenantOf({ headers }: { readonly headers: Fields }): unknown {
  return headers instanceof Headers ? headers.get('x-tenant') : headers['x-tenant']
}

const countOn = (old: Data, version: number): Data => ({ ...old, n: 2 + version })

const isOfTenant: Options['accept'] = (session, request) =>
  tenantOf(request as { readonly headers: Fields }) === session['tenant']

function failToSay(): never {
  throw new Error('the database is down')
}

export function dataScenarios({ serve, createSessions }: Stage): void {
  it.each(WHERE)(
    'stays while the visitor is active if the session is permanent and renewed, %s',
    async (_, where) => {
      let at = Date.now()
      const lifetime = { permanent: { idle: '14d', absolute: '30d' } } as const
      const { client } = await serve(ROUTES, createSessions({ ...where(), lifetime, now: () => at }))
      expect((await client.request('/login')).values('set-cookie').join()).toContain('Max-Age=1209600;')
      for (const days of [10, 10, 9]) {
        at += days * 86_400_000
        expect((await client.request('/who')).text).toMatch(/^ada /)
      }
      at += 86_400_000
      expect((await client.request('/who')).text).toMatch(/^undefined /)
    },
  )

  it.each(WHERE)(
    'is migrated after a deploy, and a request that breaks its shape fails, %s',
    async (_, where) => {
      const options = where()
      const before = await serve(ROUTES, createSessions(options))
      await before.client.request('/login')
      const { jar } = before.client
      const sessions = createSessions({ ...options, schema: COUNTED, version: 1, migrate: countOn })
      const { visitor } = await serve(ROUTES, sessions)
      const client = visitor({ jar })
      const answer = await client.request('/who')
      expect([answer.text, answer.values('set-cookie')]).toEqual(['ada {"tenant":"one","n":2}', []])
      const wrong = await client.request('/wrong')
      expect([wrong.status, wrong.values('set-cookie'), wrong.text.includes('secret')]).toEqual([
        500,
        [],
        false,
      ])
      // The previous version finds its session unchanged.
      expect((await before.client.request('/who')).text).toBe('ada {"tenant":"one","n":1}')
    },
  )

  it.each(WHERE)(
    'is available only if accept returns true for the session and its request, %s',
    async (_, where) => {
      const { client } = await serve(ROUTES, createSessions({ ...where(), accept: isOfTenant }))
      await client.request('/login')
      const mine = await client.request('/who', { headers: { 'X-Tenant': 'one' } })
      expect([mine.text, mine.values('set-cookie')]).toEqual(['ada {"tenant":"one","n":1}', []])
      const theirs = await client.request('/why', { headers: { 'X-Tenant': 'two' } })
      expect([theirs.text, theirs.values('set-cookie').join()]).toEqual([
        'refused',
        expect.stringContaining('Max-Age=0;'),
      ])
      expect((await client.request('/why', { headers: { 'X-Tenant': 'one' } })).text).toBe('no_cookie')
    },
  )

  it('is available after an async accept, with a store, before the handler runs', async () => {
    let isDisabled = false
    const accept = async (): Promise<boolean> => {
      await new Promise(setImmediate)
      return !isDisabled
    }
    const { client } = await serve(
      ROUTES,
      createSessions({ store: memoryStore(), revocation: undefined, accept }),
    )
    await client.request('/login')
    expect((await client.request('/who')).text).toMatch(/^ada /)
    isDisabled = true
    expect((await client.request('/who')).text).toBe('undefined {}')
    isDisabled = false
    expect((await client.request('/why')).text).toBe('no_cookie')
  })

  it('is not available if accept throws, and the request fails', async () => {
    for (const [, where] of WHERE) {
      const options = where()
      const before = await serve(ROUTES, createSessions(options))
      await before.client.request('/login')
      const { visitor } = await serve(ROUTES, createSessions({ ...options, accept: failToSay }))
      const answer = await visitor({ jar: before.client.jar }).request('/who')
      expect([answer.status, answer.text.includes('ada')]).toEqual([500, false])
      expect((await before.client.request('/who')).text).toMatch(/^ada /)
    }
  })
}
