import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { expect, it, vi } from 'vitest'
import { session, type SessionVariables } from '../src/index.ts'

/* Typical mistakes of new users, and of users of other libraries. */

const options = {
  secrets: ['a secret that is only for tests with 48 characters'],
  revocation: 'none' as const,
}

/** The error of a request to this application. */
async function errorOf(app: Hono<{ Variables: SessionVariables }>): Promise<string> {
  const errors: string[] = []
  app.onError((error, c) => {
    errors.push(`${error.name}: ${error.message}`)
    return c.text('', 500)
  })
  expect((await app.request('/')).status).toBe(500)
  return errors.join()
}

const answer: MiddlewareHandler = async (c) => c.text('')

const others: MiddlewareHandler = (c, next) => {
  c.set('session', {} as never)
  return next()
}

const TAKEN =
  "ConfigError: session: another middleware, such as hono-sessions, sets c.set('session', …) to its own session; remove that middleware"

it('says how to mount it if it was mounted without being called', async () => {
  const app = new Hono<{ Variables: SessionVariables }>().use(session as unknown as MiddlewareHandler)
  expect(await errorOf(app)).toBe(
    'ConfigError: session: returns the middleware and must be called; write app.use(session({ secrets: … }))',
  )
})

it('throws after another middleware that has set the same variable, and before one that will set it', async () => {
  expect(
    await errorOf(new Hono<{ Variables: SessionVariables }>().use(others, session(options), answer)),
  ).toBe(TAKEN)
  expect(
    await errorOf(new Hono<{ Variables: SessionVariables }>().use(session(options), others, answer)),
  ).toBe(TAKEN)
})

it('keeps Hono’s own error for a route that returns nothing', async () => {
  const app = new Hono<{ Variables: SessionVariables }>()
    .use(session(options))
    .get('/', ((c: Context) => void c.get('session')['n']) as never)
  expect(await errorOf(app)).toContain('Context is not finalized')
})

it('rejects unknown options at start-up', () => {
  expect(() => session(options, { ignore: () => true } as never)).toThrow(
    expect.objectContaining({ name: 'ConfigError' }),
  )
})

it('passes Hono a thrown value that is not an error', async () => {
  const app = new Hono<{ Variables: SessionVariables }>().use(session(options)).get('/', (() => {
    throw 'a text'
  }) as never)
  const print = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  await expect(app.request('/')).rejects.toBe('a text')
  print.mockRestore()
})
