import { createServer } from 'node:http'
import { memoryStore } from '@keepsake/core'
import type { Client } from '@keepsake/testing'
import Koa from 'koa'
import koaSession from 'koa-session'
import Koa2 from 'koa2'
import { describe, expect, it } from 'vitest'
import { clientOf } from '../../testing/test/client-of.ts'
import { session } from '../src/index.ts'

/* Typical mistakes of new users, and of users of other libraries. */

const secrets = ['a secret that is only for tests with 48 characters']

async function serve(app: Koa): Promise<Client> {
  return clientOf(createServer(app.callback() as Parameters<typeof createServer>[1] & object))
}

/** The error of a request to this application. */
async function errorOf(app: Koa): Promise<string> {
  const errors: string[] = []
  app.on('error', (error: Error) => errors.push(`${error.name}: ${error.message}`))
  expect((await (await serve(app)).request('/')).status).toBe(500)
  return errors.join()
}

const MODES = { sealed: () => ({ revocation: 'none' as const }), stored: () => ({ store: memoryStore() }) }
const versions = Object.entries({ 'Koa 3': Koa, 'Koa 2': Koa2 })
const cases = versions.flatMap(([name, App]) =>
  Object.entries(MODES).map(([mode, kept]) => ({ name, App, mode, kept })),
)

describe.each(cases)('$name, $mode', ({ App, kept }) => {
  it('says how to mount it if it was mounted without being called', async () => {
    expect(await errorOf(new App().use(session as unknown as Koa.Middleware))).toBe(
      'ConfigError: session: returns the middleware and must be called; write app.use(session({ secrets: … }))',
    )
  })

  it('throws if it is mounted after koa-session, which would hide it', async () => {
    const app = new App()
    app.keys = secrets
    app.use(koaSession({}, app)).use(session({ secrets, ...kept() }))
    app.use((ctx) => {
      ctx.body = typeof ctx.session
    })
    expect(await errorOf(app)).toBe(
      'ConfigError: session: another middleware, such as express-session, cookie-session or koa-session, has set its own session; remove that middleware',
    )
  })

  it('may be mounted twice', async () => {
    const mounted = session({ secrets, ...kept() })
    const app = new App().use(mounted).use(mounted)
    app.use((ctx) => {
      ctx.session['n'] = 1
      ctx.body = String(ctx.session['n'])
    })
    expect((await (await serve(app)).request('/')).text).toBe('1')
  })
})
