import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { adapterSuite, type Data, type FetchHost, type Listener, respondBy } from '@keepsake/testing'
import { type FetchVisit, open } from '@keepsake/fetch'
import next from 'next'
import { afterAll, beforeAll } from 'vitest'
import { build } from './serve.ts'

const apps = new Map<string, object>()
;(globalThis as any).suiteApps = apps
const dir = join(import.meta.dirname, 'app')
const app = (next as any)({ dir, dev: false })
let handle: Listener
beforeAll(async () => {
  build()
  await app.prepare()
  handle = app.getRequestHandler()
}, 120_000)
afterAll(() => app.close())

const ids = new WeakMap<object, string>()
const host: FetchHost = {
  name: 'Next.js 16',
  without: { features: ['early hints'], readme: readFileSync(new URL('../README.md', import.meta.url), 'utf8') },
  fetch(sessions, handler, { guard }) {
    const respond = async (request: Request, session: any): Promise<Response> => {
      const visits: FetchVisit<Data>[] = []
      const attach = async (others: typeof sessions) => {
        const visit = await open(others, request)
        visits.push(visit)
        return visit.session
      }
      const { method, headers } = request
      const url = request.url.replace('/suite', '')
      let response = await respondBy(handler, new Request(url, { method, headers }), () => session, { attach })
      for (const visit of visits) response = await visit.answer(response)
      return response
    }
    const id = String(apps.size)
    apps.set(id, { sessions, guard, respond })
    const fetch = () => { throw new Error('served by Next') }
    ids.set(fetch, id)
    return fetch
  },
  serve: (fetch) => (request, response) => {
    request.headers['x-suite-app'] = ids.get(fetch)
    request.url = `/suite${request.url}`.replace(/\/(?=$|\?)/, '')
    unmark(response)
    return handle(request, response)
  },
}
const ORDER = ['path', 'domain', 'secure', 'httponly', 'samesite', 'partitioned', 'max-age', 'expires']
const OWN = ['rsc', 'next-router-state-tree', 'next-router-prefetch', 'next-router-segment-prefetch', 'accept-encoding']
function unmark(response: any) {
  const { writeHead } = response
  response.writeHead = (...given: any[]) => {
    for (const name of response.getHeaderNames()) {
      let value = response.getHeader(name)
      if (name === 'set-cookie') value = [value].flat().map((line: string) => {
        const [pair, ...rest] = line.split('; ')
        const rank = (a: string) => ORDER.indexOf(a.split('=')[0]!.toLowerCase())
        return [pair, ...rest.sort((a, b) => rank(a) - rank(b)).map((a) => a.replace(/^SameSite=(.)/i, (_, c) => 'SameSite=' + c.toUpperCase()))].join('; ')
      })
      response.removeHeader(name)
      if (name === 'vary') {
        value = String([value].flat().join(', ')).split(', ').filter((v) => !OWN.includes(v.toLowerCase())).join(', ')
        if (value === '') continue
      }
      response.setHeader(name, value)
    }
    return writeHead.apply(response, given)
  }
}
adapterSuite(host)
