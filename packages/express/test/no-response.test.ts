import type { IncomingMessage } from 'node:http'
import { createSessions, memoryStore } from '@keepsake/core'
import { describe, expect, it, vi } from 'vitest'
import { session } from '../src/index.ts'

const secrets = ['a secret that is only for tests and has 51 characters']
const modes = {
  cookie: createSessions({ secrets }),
  store: createSessions({ secrets, store: memoryStore() }),
}

describe.each(Object.entries(modes))('a request without a response, in %s mode', (_, sessions) => {
  it.each([[{}], [undefined], [null]])(
    'session() calls next with an error that names sessions.open if the response is %j',
    (response) => {
      const next = vi.fn<(error?: unknown) => void>()
      session(sessions)({ headers: {} } as IncomingMessage, response as never, next)
      expect(next).toHaveBeenCalledTimes(1)
      expect(String(next.mock.lastCall)).toContain(
        'const { session } = await sessions.open(request.headers.cookie)',
      )
    },
  )

  it('req.session throws the same error when first used, for a callback that accepts no error', () => {
    const request = { headers: {} } as Express.Request & IncomingMessage
    session(sessions)(request, {} as never, () => {
      expect(() => request.session).toThrow(/sessions\.open/)
    })
    expect.assertions(1)
  })
})
