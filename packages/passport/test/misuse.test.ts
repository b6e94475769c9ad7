import { createSessions, memoryStore } from '@keepsake/core'
import passport from 'passport'
import { describe, expect, it } from 'vitest'
import { useKeepsake } from '../src/index.ts'
import type { Account, Data } from './apps.ts'

const secrets = ['a secret that is only for tests and has 51 characters']
const subject = ({ id }: Account): string => id

describe('useKeepsake', () => {
  it.each([
    [{}, 'subject: expected a function, such as (user) => user.id'],
    [undefined, 'subject: expected a function, such as (user) => user.id'],
    [{ subject: 'id' }, 'subject: expected a function, got a text'],
    [{ subject, keep: 'cart' }, "keep: expected a list of keys, such as ['cart']"],
    [{ subject, label: 'phone' }, 'label: expected a function, got a text'],
    [{ subject, user: 1 }, 'user: unknown option; known options: subject, keep, label'],
  ])('rejects the options %j', (options, message) => {
    expect(() => useKeepsake(new passport.Passport(), options as never)).toThrow(message)
  })

  it.each([undefined, {}, { serializeUser: () => undefined, _sm: {} }])(
    'rejects %j, which is not a Passport',
    (auth) => {
      expect(() => useKeepsake(auth as never, { subject })).toThrow('passport: expected the passport of')
    },
  )

  /** The error that Passport's login or logout gets for this request. */
  async function told(method: 'logIn' | 'logOut', request: object): Promise<unknown> {
    const auth = new passport.Passport()
    auth.serializeUser<string>((user, done) => done(null, subject(user as Account)))
    useKeepsake(auth, { subject })
    type Call = (...args: readonly unknown[]) => void
    const manager = (auth as unknown as { _sm: Record<typeof method, Call> })._sm
    const given = method === 'logIn' ? [request, { id: 'ada' }, {}] : [request, {}]
    return new Promise((resolve) => manager[method](...given, resolve))
  }

  it.each(['logIn', 'logOut'] as const)(
    'gives %s an error that names session() for a request without a session',
    async (method) => {
      expect(await told(method, { headers: {} })).toMatchObject({
        message: expect.stringContaining('use session() before Passport') as unknown,
      })
    },
  )

  it('reads no option from a polluted Object.prototype', async () => {
    const { session } = await createSessions<Data>({ secrets, store: memoryStore() }).open(undefined)
    session['planted'] = 1
    Reflect.set(Object.prototype, 'keepSessionInfo', true)
    try {
      expect(await told('logIn', { headers: {}, session })).toBeUndefined()
    } finally {
      Reflect.deleteProperty(Object.prototype, 'keepSessionInfo')
    }
    expect(Object.keys(session)).toEqual(['passport'])
  })

  it.each(['logIn', 'logOut'] as const)(
    'makes %s wait until the session is saved, and reports a failure to it',
    async (method) => {
      const memory = memoryStore()
      const sessions = createSessions<Data>({ secrets, store: memory })
      const { session, close } = await sessions.open(undefined)
      session['a'] = 1
      await session.save()
      expect(await told(method, { headers: {}, session })).toBeUndefined()
      expect(session.isChanged).toBe(false)
      await close()
      const closed = { headers: {}, session }
      expect(await told(method, closed)).toMatchObject({ name: 'SessionClosedError' })
    },
  )
})
