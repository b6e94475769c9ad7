import { readFileSync } from 'node:fs'
import { getRequestListener } from '@hono/node-server'
import { type FetchVisit, open, plainResponse } from '@keepsake/fetch'
import { adapterSuite, type Data, type FetchHost, type FetchMeans, respondBy } from '@keepsake/testing'
import { Hono } from 'hono'
import { Hono as Hono45 } from 'hono-4-5'
import { crossOriginGuard, session } from '../src/index.ts'
import { afterAll } from 'vitest'

// The listener of Hono's server replaces them, and other files share this process.
const NODES_OWN = { Request: { value: globalThis.Request }, Response: { value: globalThis.Response } }
afterAll(() => void Object.defineProperties(globalThis, NODES_OWN))

const hostOf = (App: typeof Hono): FetchHost => ({
  name: 'Hono',
  without: {
    features: ['early hints'],
    readme: readFileSync(new URL('../README.md', import.meta.url), 'utf8'),
  },
  fetch(sessions, handler, { guard }) {
    const app = new App().onError((error) => plainResponse(error))
    app.use(session(sessions))
    if (guard !== undefined) app.use(crossOriginGuard(guard))
    app.all('*', async (c) => {
      const visits: FetchVisit<Data>[] = []
      const attach = async (others: typeof sessions) => {
        const visit = await open(others, c.req.raw)
        visits.push(visit)
        return visit.session
      }
      const respond: FetchMeans['respond'] = (body, init) => c.newResponse(body, init as { status: 200 })
      let response = await respondBy(handler, c.req.raw, () => c.get('session'), { attach, respond })
      for (const visit of visits) response = await visit.answer(response)
      return response
    })
    return app.fetch
  },
})

adapterSuite(hostOf(Hono))
adapterSuite({ ...hostOf(Hono), name: 'Hono, served by Node', serve: (fetch) => getRequestListener(fetch) })
adapterSuite({ ...hostOf(Hono45 as unknown as typeof Hono), name: 'Hono 4.5' })
