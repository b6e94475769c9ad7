import { describe, expect, it } from 'vitest'
import type { Session } from '../src/session/session.ts'
import {
  begin,
  createOverflowingWorld,
  createWorld,
  dataOf,
  dataOn,
  eventsOf,
  present,
  rejection,
  request,
} from './store-support.ts'

const MODES = [
  ['in a cookie', () => createWorld({ store: undefined, revocation: 'none' })],
  ['in a store', () => createWorld()],
  ['in whichever has room', () => createOverflowingWorld()],
] as const

const DATA = { secret: { deep: ['s3cret'] }, cart: ['A1'], n: 1 }

const own = (session: object, change: (own: PropertyDescriptor) => PropertyDescriptor): void => {
  for (const [key, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(session)))
    Object.defineProperty(session, key, change(descriptor))
}

/** Ways in which a handler can make keys of a session impossible to delete, or to read. */
const HANDLERS: readonly (readonly [string, (session: Session) => unknown])[] = [
  ['was frozen', (session) => Object.freeze(session)],
  ['was sealed', (session) => Object.seal(session)],
  ['accepts no more keys', (session) => Object.preventExtensions(session)],
  ['has frozen values', (session) => Object.values(session).forEach(Object.freeze)],
  [
    'has keys that cannot be configured',
    (session) => own(session, (one) => ({ ...one, configurable: false })),
  ],
  [
    'has one key that cannot be configured',
    (session) =>
      Object.defineProperty(session, 'n', {
        value: 1,
        writable: true,
        enumerable: true,
        configurable: false,
      }),
  ],
  [
    'has keys that can only be read',
    (session) => own(session, (one) => ({ ...one, configurable: false, writable: false })),
  ],
  [
    'has getters for keys',
    (session) =>
      own(session, ({ value }) => ({
        get: () => structuredClone(value) as unknown,
        enumerable: true,
        configurable: false,
      })),
  ],
  [
    'has setters that throw',
    (session) =>
      own(session, ({ value }) => ({
        get: () => value as unknown,
        set: () => {
          throw new Error('set')
        },
        enumerable: true,
        configurable: true,
      })),
  ],
  [
    'has functions in the place of controls',
    (session) => {
      for (const name of ['clear', 'destroy', 'logout'])
        Object.defineProperty(session, name, { value: () => undefined, enumerable: false })
    },
  ],
]

const ENDS: readonly (readonly [string, (session: Session) => unknown])[] = [
  ['logs out', (session) => Reflect.get(Object.getPrototypeOf(session) as Session, 'logout').call(session)],
  [
    'is destroyed',
    (session) => Reflect.get(Object.getPrototypeOf(session) as Session, 'destroy').call(session),
  ],
]

describe.each(MODES)('a session %s whose object', (_, create) => {
  describe.each(HANDLERS)('%s', (_handler, spoil) => {
    it.each(ENDS)('ends when it %s, and nothing of it is written', async (_end, end) => {
      const { sessions } = create()
      const cookie = await begin(sessions, DATA, 'ada')
      const left = await request(sessions, cookie, (session) => {
        spoil(session)
        end(session)
      })
      expect(left).toBeUndefined()
    })

    it('keeps only the keys to keep when another user logs in', async () => {
      const { sessions } = create()
      const cookie = await begin(sessions, DATA)
      const next = await request(sessions, cookie, (session) => {
        spoil(session)
        session.login('bob', { keep: ['cart'] })
      })
      expect(next).not.toBe(cookie)
      expect(await dataOf(sessions, next)).toEqual({ cart: ['A1'] })
    })

    it('returns a key once with pop, and is emptied by clear', async () => {
      const { sessions } = create()
      const cookie = await begin(sessions, DATA, 'ada')
      const next = await request(sessions, cookie, (session) => {
        session.expire('cart', '5m')
        spoil(session)
        expect([session.pop('n'), session.pop('n')]).toEqual([1, undefined])
      })
      expect(await dataOf(sessions, next)).toEqual({ secret: DATA.secret, cart: ['A1'] })
      const last = await request(sessions, next, (session) => {
        spoil(session)
        const { clear } = Object.getPrototypeOf(session) as Session
        clear.call(session)
      })
      expect(await dataOf(sessions, last)).toEqual({})
      expect((await sessions.open(last)).session.subject).toBe('ada')
    })
  })
})

describe('a frozen session object', () => {
  it('begins a new session after its end, with new values for keys that could not be deleted', async () => {
    const { sessions } = createWorld()
    const cookie = await begin(sessions, DATA, 'ada')
    const next = await request(sessions, cookie, (session) => {
      Object.seal(session)
      session.logout()
      expect(dataOn(session)).toEqual({ secret: undefined, cart: undefined, n: undefined })
      session['n'] = 2
    })
    expect(await dataOf(sessions, next)).toEqual({ n: 2 })
    expect((await sessions.open(next)).session.subject).toBeUndefined()
  })

  it('can log in although it has a key with the name of a control, which is dropped', async () => {
    const { sessions } = createWorld()
    const cookie = await begin(sessions, DATA)
    const next = await request(sessions, cookie, (session) => {
      Object.defineProperty(session, 'save', { value: 1, enumerable: true })
      session.login('ada', { keep: ['n'] })
    })
    expect(await dataOf(sessions, next)).toEqual({ n: 1 })
  })

  it('is kept if a CSRF token was requested after its end', async () => {
    const { sessions } = createWorld()
    const cookie = await begin(sessions, DATA, 'ada')
    let token = ''
    const next = await request(sessions, cookie, (session) => {
      Object.freeze(session)
      session.logout()
      token = session.csrfToken()
    })
    const { session } = await sessions.open(next)
    expect(session.verifyCsrf(token)).toBe(true)
  })
})

/** Saves a request's session on top of another request's write, and runs some code meanwhile. */
async function mergedUnder(
  spoil: (session: Session) => unknown,
  after: (session: Session) => unknown = () => undefined,
) {
  const { sessions } = createWorld()
  const cookie = await begin(sessions, { a: 1, n: 1 })
  const visit = await sessions.open(cookie)
  visit.session['mine'] = 1
  await request(sessions, cookie, (other) => {
    other['n'] = 2
    other['theirs'] = 1
  })
  spoil(visit.session)
  const saving = visit.session.save()
  await after(visit.session)
  const saved = await rejection(saving)
  return { sessions, cookie, visit, saved }
}

const MERGED = { a: 1, n: 2, mine: 1, theirs: 1 }

const fail = (): never => {
  throw new Error('get')
}

const define = (session: Session): unknown =>
  Object.defineProperty(session, 'bad', { get: fail, enumerable: true, configurable: true })

const update = (session: Session): void =>
  session.update((data) => {
    if (data['n'] !== 1) throw new Error('not one any more')
    data['n'] = 5
  })

describe('a commit merged with another request’s changes', () => {
  it.each(HANDLERS)(
    'does not fail if the session\u2019s object %s, and the end of the visit undoes nothing',
    async (_, spoil) => {
      const { sessions, cookie, visit, saved } = await mergedUnder(spoil)
      expect(saved).toBeUndefined()
      expect(await dataOf(sessions, cookie)).toEqual(MERGED)
      await visit.close()
      expect(await dataOf(sessions, cookie)).toEqual(MERGED)
    },
  )

  it.each<[string, unknown, (session: Session) => unknown]>([
    ['a function', () => 1, (session) => (session['bad'] = 'good')],
    ['a symbol', Symbol('s'), (session) => (session['bad'] = 'good')],
  ])(
    'does not fail if the handler has meanwhile set a key to %s, which the next commit reports',
    async (_, bad, mend) => {
      const set = (session: Session): unknown => (session['bad'] = bad)
      const { sessions, cookie, visit, saved } = await mergedUnder(() => undefined, set)
      expect(saved).toBeUndefined()
      expect(await rejection(visit.session.save())).toMatchObject({
        code: 'KEEPSAKE_SESSION_DATA',
        path: 'bad',
      })
      expect(await dataOf(sessions, cookie)).toEqual(MERGED)
      mend(visit.session)
      await visit.close()
      expect(await dataOf(sessions, cookie)).toEqual({ ...MERGED, bad: 'good' })
    },
  )

  it('does not fail if the handler has defined a getter that throws', async () => {
    const { sessions, cookie, visit, saved } = await mergedUnder(() => undefined, define)
    expect(saved).toBeUndefined()
    Reflect.deleteProperty(visit.session, 'bad')
    visit.session['late'] = 1
    await visit.close()
    expect(await dataOf(sessions, cookie)).toEqual({ ...MERGED, late: 1 })
  })

  it('does not fail if a later update cannot be repeated; the update’s own commit does', async () => {
    const { sessions, cookie, visit, saved } = await mergedUnder(() => undefined, update)
    expect(saved).toBeUndefined()
    expect(await rejection(visit.close())).toEqual(new Error('not one any more'))
    expect(await dataOf(sessions, cookie)).toEqual(MERGED)
  })

  it('updates the session object without running its setters', async () => {
    let runs = 0
    const { visit } = await mergedUnder((session) => {
      Object.defineProperty(session, 'n', {
        get: () => 1,
        set() {
          runs++
        },
        enumerable: true,
        configurable: true,
      })
    })
    expect(dataOn(visit.session)).toEqual(MERGED)
    expect(runs).toBe(0)
  })
})

describe('taking and reloading', () => {
  it.each(HANDLERS)('take a key once from a session whose object %s', async (_, spoil) => {
    const { sessions } = createWorld()
    const cookie = await begin(sessions, { ...DATA })
    await request(sessions, cookie, async (session) => {
      spoil(session)
      expect(await session.take('n')).toBe(1)
      expect(await session.take('n')).toBeUndefined()
    })
    expect(await dataOf(sessions, cookie)).toEqual({ secret: DATA.secret, cart: ['A1'] })
  })

  it('throw on reload of a frozen session, and change no record', async () => {
    const { sessions } = createWorld()
    const cookie = await begin(sessions, { n: 1 })
    await request(sessions, cookie, async (session) => {
      await request(sessions, cookie, (other) => (other['n'] = 2))
      Object.freeze(session)
      expect(await rejection(session.reload())).toEqual(
        new TypeError('the session object is frozen, so changes of another request cannot be merged into it'),
      )
    })
    expect(await dataOf(sessions, cookie)).toEqual({ n: 2 })
  })
})

describe('a proxy around a session', () => {
  it('is not a session: its controls throw', async () => {
    const { sessions } = createWorld()
    const { session } = await sessions.open(present(await begin(sessions, { n: 1 })))
    const proxy = new Proxy(session, {})
    for (const control of ['logout', 'destroy', 'clear', 'regenerate'] as const)
      expect(() => proxy[control]()).toThrow(new TypeError('a session control was called on another object'))
  })

  it('that forwards calls to the session can end it, even if it forbids deleting keys', async () => {
    const { sessions } = createWorld()
    const cookie = await begin(sessions, DATA, 'ada')
    const closed = await eventsOf(() =>
      request(sessions, cookie, (session) => {
        const proxy = new Proxy(session, {
          deleteProperty: () => false,
          get: (target, key) => {
            const value: unknown = Reflect.get(target, key, target)
            return typeof value === 'function' ? (value.bind(target) as unknown) : value
          },
        })
        proxy.logout()
      }),
    )
    expect(closed).toEqual(['session_opened opened', 'session_destroyed destroyed'])
  })
})

describe('a polluted prototype', () => {
  it('does not break a reload, an update, or the end of a frozen session', async () => {
    const { sessions } = createWorld()
    const cookie = await begin(sessions, { n: 1 }, 'ada')
    const pollute = Object.prototype as { get?: unknown }
    let updated: unknown
    const left = await request(sessions, cookie, async (session) => {
      pollute.get = () => 'polluted'
      try {
        await session.reload()
        session.update((data) => (data['n'] = 2))
        updated = session['n']
        Object.freeze(session)
        session.logout()
      } finally {
        delete pollute.get
      }
    })
    expect(updated).toBe(2)
    expect(left).toBeUndefined()
  })
})
