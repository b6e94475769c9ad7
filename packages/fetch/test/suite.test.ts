import { readFileSync } from 'node:fs'
import { getRequestListener } from '@hono/node-server'
import { adapterSuite, type Data, type FetchHost, respondBy } from '@keepsake/testing'
import type { Sessions } from '@keepsake/core'
import { createGuard, type FetchVisit, open, plainResponse } from '../src/index.ts'
import { afterAll } from 'vitest'

// The listener of Hono's server replaces them, and other files share this process.
const NODES_OWN = { Request: { value: globalThis.Request }, Response: { value: globalThis.Response } }
afterAll(() => void Object.defineProperties(globalThis, NODES_OWN))

const host: FetchHost = {
  name: 'fetch',
  without: {
    features: ['early hints'],
    readme: readFileSync(new URL('../README.md', import.meta.url), 'utf8'),
  },
  fetch(sessions, handler, { guard }) {
    const check = guard && createGuard(guard)

    async function respond(request: Request, visits: Set<FetchVisit<Data>>): Promise<Response> {
      const attach = async (others: Sessions<Data>) => {
        const visit = await open(others, request)
        visits.add(visit)
        return visit.session
      }
      const visit = await open(sessions, request)
      visits.add(visit)
      check?.(request, Object.fromEntries(new URLSearchParams(await request.clone().text())))
      return respondBy(handler, request, () => visit.session, { attach })
    }

    return async (request) => {
      const visits = new Set<FetchVisit<Data>>()
      try {
        let response = await respond(request, visits).catch(plainResponse)
        for (const visit of visits) response = await visit.answer(response)
        return response
      } catch (error) {
        return plainResponse(error)
      }
    }
  },
}

adapterSuite(host)
adapterSuite({ ...host, name: 'fetch, served by Node', serve: (fetch) => getRequestListener(fetch) })
