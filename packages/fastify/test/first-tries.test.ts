import { fastify } from 'fastify'
import { describe, expect, it } from 'vitest'
import { session } from '../src/index.ts'
import { SECRETS, serve } from './serving.ts'

/* Typical mistakes of new users, and of users of other libraries. */

const options = { secrets: SECRETS, revocation: 'none' as const }

describe('the plugin of Fastify', () => {
  it('says how to register it if it was registered without being called', () => {
    expect(() => session(fastify() as never, options as never)).toThrow(
      expect.objectContaining({
        name: 'ConfigError',
        message:
          'session: returns the plugin and must be called; write app.register(session({ secrets: … }))',
      }),
    )
  })

  it('is rejected by Fastify after another plugin that decorates requests with a session, and if it is registered twice', async () => {
    const behind = fastify().decorateRequest('session')
    behind.register(session(options))
    await expect(behind.ready()).rejects.toMatchObject({ code: 'FST_ERR_DEC_ALREADY_PRESENT' })
    const twice = fastify()
    twice.register(session(options)).register(session(options))
    await expect(twice.ready()).rejects.toMatchObject({ code: 'FST_ERR_DEC_ALREADY_PRESENT' })
  })

  it('rejects unknown options at start-up', () => {
    expect(() => session(options, { ignore: () => true } as never)).toThrow(
      expect.objectContaining({ name: 'ConfigError' }),
    )
  })

  it.each([
    ['a promise', () => Promise.resolve(), 'not a promise'],
    ['nothing', () => undefined, 'for a request without any, throw an error with a status'],
  ])('throws an error with the expected result if the function returns %s', async (_, choose, hint) => {
    const app = fastify()
    app.register(session(choose as never))
    app.get('/', () => '')
    const answer = await (await serve(app)).request('/')
    expect([answer.status, answer.text.includes(hint)]).toEqual([500, true])
  })
})
