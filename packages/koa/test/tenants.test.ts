import { createServer, type RequestListener } from 'node:http'
import { createSessions, memoryStore, type Sessions } from '@keepsake/core'
import { type Client, type Data, sealedModes, type SuiteMode } from '@keepsake/testing'
import Koa from 'koa'
import Koa2 from 'koa2'
import { describe, expect, it } from 'vitest'
import { clientOf } from '../../testing/test/client-of.ts'
import { session } from '../src/index.ts'

const inStore: SuiteMode = {
  name: 'in a store',
  createSessions: (options) => createSessions<Data>({ ...options, store: memoryStore() }),
}

const at = (host: string) => ({ headers: { 'X-Forwarded-Host': host } })

const versions = Object.entries({ 'Koa 3': Koa, 'Koa 2': Koa2 })
const cases = versions.flatMap(([name, App]) =>
  [...sealedModes, inStore].map((mode) => ({ name, App, mode })),
)

describe.each(cases)('$name, $mode.name, with sessions chosen by the request', ({ App, mode }) => {
  const shopAt = (host: string): Sessions<Data> =>
    mode.createSessions({ secrets: [`the secret of the shop whose host is ${host}`] })
  const shops = new Map(['north.example', 'south.example'].map((host) => [host, shopAt(host)]))

  function shopOf({ hostname }: { readonly hostname: string }): Sessions<Data> {
    const sessions = shops.get(hostname)
    if (sessions === undefined) throw Object.assign(new Error('no such shop'), { status: 404, expose: true })
    return sessions
  }

  const errors: unknown[] = []

  async function serve(choose: typeof shopOf): Promise<Client> {
    const app = Object.assign(new App(), { proxy: true })
      .use(session(choose))
      .use((ctx) => {
        ctx.session['visits'] = Number(ctx.session['visits'] ?? 0) + 1
        ctx.body = String(ctx.session['visits'])
      })
    app.on('error', (error) => errors.push(error))
    return clientOf(createServer(app.callback() as RequestListener))
  }

  it('gives each visitor the tenant’s session, and ignores another tenant’s cookie', async () => {
    const [north, south] = await Promise.all([serve(shopOf), serve(shopOf)])
    const texts: string[] = []
    for (const client of [north, north]) texts.push((await client.request('/', at('north.example'))).text)
    // The same jar: a browser keeps the two apart by their hosts, and an attacker does not.
    texts.push((await north.request('/', at('south.example'))).text)
    texts.push((await south.request('/', at('south.example'))).text)
    expect(texts).toEqual(['1', '2', '1', '1'])
  })

  it('responds with the function’s error for a host without sessions, and continues to serve', async () => {
    const client = await serve(shopOf)
    const answer = await client.request('/', at('elsewhere.example'))
    expect([answer.status, answer.text]).toEqual([404, 'no such shop'])
    expect((await client.request('/', at('north.example'))).text).toBe('1')
  })

  it.each([
    ['a promise', () => Promise.resolve(shopAt('north.example')), 'not a promise'],
    ['nothing', () => undefined, 'for a request without any, throw an error with a status'],
  ])('throws an error with the expected result if the function returns %s', async (_, choose, hint) => {
    const answer = await (await serve(choose as never)).request('/')
    expect(answer.status).toBe(500)
    expect(errors.at(-1)).toMatchObject({ name: 'ConfigError', option: 'sessions' })
    expect(String(errors.at(-1))).toContain(hint)
  })
})
