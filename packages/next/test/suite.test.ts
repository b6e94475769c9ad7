import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import type { FetchVisit } from '@keepsake/fetch'
import {
  adapterSuite,
  type Data,
  type FetchHandler,
  type FetchHost,
  type Listener,
  respondBy,
} from '@keepsake/testing'
import next from 'next'
import { afterAll, beforeAll, vi } from 'vitest'
import { showAsWritten } from './as-written.ts'
import type { SuiteApp } from './suite-app.ts'

/** The path of the suite's route handler. */
const PLACE = '/suite'

const apps = new Map<string, SuiteApp>()
const server = (next as unknown as typeof next.default)({ dir: join(import.meta.dirname, 'app'), dev: false })
let listener: Listener

beforeAll(async () => {
  Object.assign(globalThis, { suiteApps: apps })
  // So that proxy.ts, which runs first, finds no session cookie.
  vi.stubEnv('COOKIE', 'of-the-proxy')
  vi.stubEnv('SESSION_SECRET', 'pV3xkQ7mT1zL9wR5yB2nC8dF4gH6jK0s')
  await server.prepare()
  listener = server.getRequestHandler()
})
afterAll(() => server.close())

const host: FetchHost = {
  name: 'Next.js 16',
  without: {
    features: [
      'early hints',
      'the headers of an event stream',
      'a first use after the headers',
      'a handler that never uses the session',
      'the cookie when an error',
      'long after the response has closed',
    ],
    readme: readFileSync(new URL('../README.md', import.meta.url), 'utf8'),
  },
  fetch(sessions, handler, { guard }) {
    const respond: SuiteApp['respond'] = async (request, session, openBeside) => {
      const visits: FetchVisit<Data>[] = []
      const attach = async (others: typeof sessions) => {
        const visit = await openBeside(others, request)
        visits.push(visit)
        return visit.session
      }
      const { url, method, headers } = request
      const asked = new Request(url.replace(PLACE, ''), { method, headers })
      let response = await respondBy(handler, asked, () => session, { attach })
      for (const visit of visits) response = await visit.answer(response)
      return response
    }
    const id = String(apps.size)
    apps.set(id, { sessions, guard, respond })
    return Object.assign<FetchHandler, { id: string }>(() => Promise.reject(new Error('Next serves it')), {
      id,
    })
  },
  serve: (fetch) => (request: IncomingMessage, response: ServerResponse) => {
    request.headers['x-suite-app'] = (fetch as FetchHandler & { id: string }).id
    // Next redirects paths that end with a slash.
    request.url = `${PLACE}${request.url}`.replace(/\/(?=$|\?)/, '')
    showAsWritten(response)
    return listener(request, response)
  },
}

adapterSuite(host)
