import { describe, expect, it } from 'vitest'
import type { Session } from '../../src/session/session.ts'
import { begin, createWorld, dataOn, rejection, request } from '../store-support.ts'

type Act = (session: Session, wrong: never) => unknown

const OPTIONS = 'expected a plain object, got'
const KEEP = "keep: expected a list of keys, such as ['cart']"
const KEYS = 'unknown option; known options: keep, label'
const DURATION = "expected whole seconds as a number, or text such as '30m', '24h' or '31d'; got"

/** Calls of a session that its types do not allow. */
const MISUSES: readonly (readonly [what: string, act: Act, wrong: unknown, message: string])[] = [
  ['login', (session, wrong) => session.login(wrong), 7, 'expected the id of a user as text'],
  [
    'login',
    (session, wrong) => session.login(wrong),
    Promise.resolve('ada'),
    'expected the id of a user as text',
  ],
  ['login', (session, wrong) => session.login('bob', wrong), null, `${OPTIONS} null`],
  ['login', (session, wrong) => session.login('bob', wrong), 'cart', `${OPTIONS} a text`],
  ['login', (session, wrong) => session.login('bob', wrong), { keep: 'cart' }, KEEP],
  ['login', (session, wrong) => session.login('bob', wrong), { keep: [1] }, KEEP],
  ['login', (session, wrong) => session.login('bob', wrong), { keys: ['cart'] }, `keys: ${KEYS}`],
  ['login', (session, wrong) => session.login('bob', wrong), { name: 'Firefox' }, `name: ${KEYS}`],
  ['login', (session, wrong) => session.login('bob', wrong), { label: 1 }, 'expected a label as text'],
  ['logout', (session, wrong) => session.logout(wrong), null, `${OPTIONS} null`],
  ['logout', (session, wrong) => session.logout(wrong), () => undefined, `${OPTIONS} a function`],
  [
    'logout',
    (session, wrong) => session.logout(wrong),
    { everyWhere: true },
    'everyWhere: unknown option; known options: everywhere, clearSiteData',
  ],
  [
    'logout',
    (session, wrong) => session.logout(wrong),
    { everywhere: 1 },
    'everywhere: expected true or false',
  ],
  ['expire', (session, wrong) => session.expire('n', wrong), '5 min', `${DURATION} a text`],
  ['expire', (session, wrong) => session.expire('n', wrong), Promise.resolve(5), `${DURATION} a promise`],
  ['expire', (session, wrong) => session.expire(wrong, 5), 'save', 'expected a key of the data'],
  ['isFresh', (session, wrong) => session.isFresh(wrong), -1, `${DURATION} a number`],
  ['flash', (session, wrong) => session.flash('info', wrong), 1, 'expected a message as text'],
  ['flash', (session, wrong) => session.flash(wrong), '', 'expected a category as text'],
  [
    'permanent',
    (session, wrong) => (session.permanent = wrong),
    'yes',
    "true, false or a duration: expected whole seconds as a number, or text such as '30m', '24h' or '31d'; got a text",
  ],
  ['update', (session, wrong) => session.update(wrong), { n: 2 }, 'expected a function'],
  ['take', (session, wrong) => session.take(wrong), undefined, 'expected a key as text'],
]

describe('a control called with wrong arguments while a request is served', () => {
  it.each(MISUSES)(
    'is a TypeError that names it, and nothing has happened: %s',
    async (control, act, wrong, message) => {
      const { sessions } = createWorld()
      const cookie = await begin(sessions, { n: 1, cart: ['A1'] }, 'ada')
      const next = await request(sessions, cookie, async (session) => {
        const { id } = session
        const thrown: unknown = await rejection((async () => act(session, wrong as never))())
        // Not a ConfigError, which belongs to start-up.
        expect(thrown).toBeInstanceOf(TypeError)
        expect((thrown as Error).name).toBe('TypeError')
        expect((thrown as Error).message).toBe(`session.${control}: ${message}`)
        expect([session.id, session.subject, session.isChanged]).toEqual([id, 'ada', false])
        expect(dataOn(session)).toEqual({ n: 1, cart: ['A1'] })
      })
      expect(next).toBe(cookie)
    },
  )
})
