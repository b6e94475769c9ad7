import type { Sessions } from '@keepsake/core'
import { session } from '@keepsake/fastify'
import { createDeviceBoundBrowser, type DeviceBoundBrowser } from '@keepsake/testing/device-bound'
import { fastify, type FastifyInstance } from 'fastify'
import { expect, it, onTestFinished } from 'vitest'
import { fastifyDeviceBound } from '../src/index.ts'
import { createClock, type Data, page, sessionsOf } from './support/app.ts'
import { listen, visit } from './support/stage.ts'

const IN_APP = { cookie: { path: '/app' } } as const

async function browse(app: FastifyInstance): Promise<DeviceBoundBrowser> {
  const browser = createDeviceBoundBrowser(await app.listen({ host: '127.0.0.1', port: 0 }))
  onTestFinished(async () => {
    await browser.close()
    await app.close()
  })
  return browser
}

const addPages = (scope: FastifyInstance, sessions: Sessions<Data>): void =>
  void scope
    .register(session(sessions as Sessions<never>))
    .register(fastifyDeviceBound(sessions))
    .get('/login/:user', (request) => page(request.url.replace('/app', ''), request.session as never))
    .get('/', (request) => page('/', request.session as never))

it('the Fastify plugin in a scope with a prefix answers on the configured path below that prefix', async () => {
  const app = fastify()
  app.register(async (scope) => addPages(scope, sessionsOf(createClock(), IN_APP)), { prefix: '/app' })
  const browser = await browse(app)
  await visit(browser, '/app/login/ada')
  await browser.settled()
  expect(browser.history.map(({ type }) => type)).toEqual(['registered'])
  expect(await visit(browser, '/app')).toMatchObject({ subject: 'ada', bound: true })
})

it('the Fastify plugin in a scope is rejected at start-up if its path is not below the scope’s prefix', async () => {
  const app = fastify()
  app.register(async (scope) => addPages(scope, sessionsOf(createClock())), { prefix: '/app' })
  await expect(app.ready()).rejects.toThrow(
    'deviceBound.path: expected a path below /app, where the plugin is registered',
  )
})

it('the Fastify plugin with several sessions answers for each of them, on a path without a route', async () => {
  const tenants: Readonly<Record<string, Sessions<Data>>> = {
    one: sessionsOf(createClock(), { deviceBound: { path: '/one' } }),
    other: sessionsOf(createClock(), { deviceBound: { path: '/other' } }),
  }
  const app = fastify()
  app.register(
    fastifyDeviceBound<Data>(
      ({ raw }) => tenants[String(raw.headers['x-tenant'])] ?? sessionsOf(createClock()),
    ),
  )
  const browser = await browse(app)
  const statusOf = async (tenant: string, path: string): Promise<number> => {
    const headers = { 'X-Tenant': tenant }
    return (await browser.request(path, { method: 'POST', headers })).status
  }
  expect(await statusOf('one', '/one/refresh')).toBe(200)
  expect(await statusOf('one', '/other/refresh')).toBe(404)
  expect(await statusOf('other', '/other/refresh')).toBe(200)
})

it('the Fastify plugin reports the reasons of browsers that did not refresh', async () => {
  const app = fastify()
  app.register(async (scope) => addPages(scope, sessionsOf(createClock())))
  const browser = await browse(app)
  const events = listen()
  await browser.request('/', { headers: { 'Secure-Session-Skipped': 'unreachable;session_identifier="s"' } })
  expect(events).toEqual(['bound_failed: unreachable'])
})
