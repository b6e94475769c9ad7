import { createServer } from 'node:http'
import { createSessions, memoryStore, type Sessions } from '@keepsake/core'
import { type Client, type Data, sealedModes, type SuiteMode } from '@keepsake/testing'
import express, { type ErrorRequestHandler, type Request } from 'express'
import express4 from 'express4'
import { describe, expect, it } from 'vitest'
import { clientOf } from '../../testing/test/client-of.ts'
import { session } from '../src/index.ts'

const answerWithMessage: ErrorRequestHandler = (error: Error & { status?: number }, _req, res, _next) => {
  res.status(error.status ?? 500).send(error.message)
}

const inStore: SuiteMode = {
  name: 'in a store',
  createSessions: (options) => createSessions<Data>({ ...options, store: memoryStore() }),
}

const at = (host: string) => ({ headers: { 'X-Forwarded-Host': host } })

const versions = Object.entries({ 'Express 5': express, 'Express 4': express4 })
const cases = versions.flatMap(([name, create]) =>
  [...sealedModes, inStore].map((mode) => ({ name, create, mode })),
)

describe.each(cases)('$name, $mode.name, with sessions chosen by the request', ({ create, mode }) => {
  const shopAt = (host: string): Sessions<Data> =>
    mode.createSessions({ secrets: [`the secret of the shop whose host is ${host}`] })
  const shops = new Map(['north.example', 'south.example'].map((host) => [host, shopAt(host)]))

  function shopOf({ hostname }: Request): Sessions<Data> {
    const sessions = shops.get(hostname)
    if (sessions === undefined) throw Object.assign(new Error('no such shop'), { status: 404 })
    return sessions
  }

  async function serve(choose: (req: Request) => Sessions<Data>): Promise<Client> {
    const app = create().set('trust proxy', true).use(session(choose))
    app.get('/', (req, res) => {
      req.session['visits'] = Number(req.session['visits'] ?? 0) + 1
      res.send(String(req.session['visits']))
    })
    return clientOf(createServer(app.use(answerWithMessage)))
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
  ])(
    'passes the error handlers an error with the expected result if the function returns %s',
    async (_, choose, hint) => {
      const answer = await (await serve(choose as never)).request('/')
      expect(answer.status).toBe(500)
      expect(answer.text).toMatch(/^sessions: expected the function to return sessions/)
      expect(answer.text).toContain(hint)
    },
  )
})
