import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { CONTROL_NAMES, hasControlName } from '../../src/record/control-names.ts'
import { type Session, SessionControls } from '../../src/session/session.ts'
import { createBrowser, createClock, rejectionOf, sessionsOf, START } from '../support.ts'

interface Shop {
  cart: { sku: string; qty: number }[]
  theme: 'light' | 'dark'
  visits: number
}

/** A new session. */
async function freshSession(): Promise<Session<Shop>> {
  return (await sessionsOf<Shop>().open(undefined)).session
}

const CONTROLS = Object.getOwnPropertyNames(SessionControls.prototype).filter(
  (name) => name !== 'constructor' && name !== '__proto__',
)
/** Controls that may be assigned, to a value of their type. */
const ASSIGNABLE = new Set(['permanent'])

const bodyOf = (json: string): object => JSON.parse(json) as object

describe('the controls of a session', () => {
  it.each(CONTROLS.filter((name) => !ASSIGNABLE.has(name)))('throw when assigned: %s', async (name) => {
    const session = await freshSession()
    const message = `'${name}' is a session control; store the data under another name`
    expect(() => Object.assign(session, { [name]: 1 })).toThrow(TypeError)
    expect(() => Object.assign(session, { [name]: 1 })).toThrow(message)
    // Like an assignment in sloppy-mode code, which must throw too.
    expect(() => Reflect.set(session, name, 1)).toThrow(message)
    expect(Object.keys(session)).toEqual([])
  })

  it.each(CONTROLS)('survive a delete and changes of the prototype: %s', async (name) => {
    const session = await freshSession()
    const prototype = Object.getPrototypeOf(session) as object
    Reflect.deleteProperty(session, name)
    expect(Object.isFrozen(prototype)).toBe(true)
    expect(Reflect.deleteProperty(prototype, name)).toBe(false)
    expect(Reflect.defineProperty(prototype, name, { value: 1 })).toBe(false)
    expect(name in session).toBe(true)
  })

  it.each([-1, 1.5, 'yes', null, undefined, {}])('reject %j for permanent', async (value) => {
    const session = await freshSession()
    expect(() => Object.assign(session, { permanent: value })).toThrow(
      'session.permanent: true, false or a duration: expected whole seconds',
    )
    expect(session.permanent).toBe(false)
  })

  it('have a constructor, like any object', async () => {
    const session = await freshSession()
    expect(session.constructor).toBe(SessionControls)
    expect(session).toBeInstanceOf(SessionControls)
    expect(Object.getPrototypeOf(session)).toBe(SessionControls.prototype)
  })
})

describe('a hostile body assigned to a session', () => {
  it.each(['{"destroy":1}', '{"theme":"dark","id":"AAAA"}', '{"subject":"admin"}', '{"isNew":false}'])(
    'cannot overwrite a control: %s',
    async (json) => {
      const session = await freshSession()
      expect(() => Object.assign(session, bodyOf(json))).toThrow(TypeError)
      expect(session.subject).toBeUndefined()
      expect(session.id).toHaveLength(22)
    },
  )

  it('turns __proto__ and constructor into plain data', async () => {
    const browser = createBrowser(sessionsOf())
    const body =
      '{"__proto__":{"subject":"admin"},"constructor":{"prototype":{"isAdmin":true}},"toJSON":1,"then":2}'
    await browser.visit((session) => {
      Object.assign(session, bodyOf(body))
      expect(session.subject).toBeUndefined()
      expect(JSON.stringify(session)).toBe(body)
      expect(Object.keys(session)).toEqual(['__proto__', 'constructor', 'toJSON', 'then'])
    })
    const read = await browser.ask((session) => JSON.stringify(session))
    expect(read).toBe(body)
    expect(await browser.ask((session) => Object.getPrototypeOf(session) as unknown)).toBe(
      SessionControls.prototype,
    )
    expect({}).not.toHaveProperty('isAdmin')
  })
})

describe('inspecting a session', () => {
  it('shows its data and nothing else', async () => {
    const session = await freshSession()
    session.login('alice')
    Object.assign(session, { theme: 'dark', cart: [{ sku: 'A1', qty: 1 }] })
    const data = { theme: 'dark', cart: [{ sku: 'A1', qty: 1 }] }
    expect(JSON.stringify(session)).toBe(JSON.stringify(data))
    expect(Object.keys(session)).toEqual(['theme', 'cart'])
    expect(Object.entries(session)).toEqual(Object.entries(data))
    expect(Object.assign({}, session)).toEqual(data)
    expect(inspect(session)).toBe(`Session ${inspect(data)}`)
    const seen: string[] = []
    // oxlint-disable-next-line guard-for-in -- the test checks what a loop sees
    for (const key in session) seen.push(key)
    expect(seen).toEqual(['theme', 'cart'])
  })

  it('shows no data at first', async () => {
    const session = await freshSession()
    expect(session.cart).toBeUndefined()
    expect(JSON.stringify(session)).toBe('{}')
    expect(inspect(session)).toBe('Session {}')
  })
})

describe('a session', () => {
  it('shows whether it is new and whether it has changed', async () => {
    const browser = createBrowser(sessionsOf<Shop>())
    await browser.visit((session) => {
      expect([session.isNew, session.isChanged]).toEqual([true, false])
      session.visits = 1
      expect([session.isNew, session.isChanged]).toEqual([true, true])
    })
    await browser.visit((session) => {
      expect([session.isNew, session.isChanged]).toEqual([false, false])
      session.visits = 2
      expect(session.isChanged).toBe(true)
      session.visits = 1
      expect(session.isChanged).toBe(false)
      Object.assign(session, { visits: () => 1 })
      expect(session.isChanged).toBe(true)
      session.visits = 1
    })
  })

  it('has an id of 22 characters that stays, and opens nothing', async () => {
    const sessions = sessionsOf<Shop>()
    const browser = createBrowser(sessions)
    let id = ''
    await browser.visit((session) => {
      session.visits = 1
      ;({ id } = session)
    })
    expect(id).toMatch(/^[\w-]{22}$/)
    expect(await browser.ask((session) => session.id)).toBe(id)
    expect(await createBrowser(sessions, `__Host-session=${id}`).ask((session) => session.isNew)).toBe(true)
    expect((await freshSession()).id).not.toBe(id)
  })

  it('shows when it began and when it expires', async () => {
    const clock = createClock()
    const browser = createBrowser(sessionsOf<Shop>({ now: clock.now }))
    const ends = (session: Session<Shop>): number[] =>
      [session.createdAt, session.expiresAt].map((at) => at.getTime() / 1000 - START)
    await browser.visit((session) => {
      session.visits = 1
      expect(ends(session)).toEqual([0, 3600])
    })
    clock.at += 60
    await browser.visit((session) => {
      expect(ends(session)).toEqual([0, 3600])
      session.permanent = true
      expect(ends(session)).toEqual([0, 2_678_400])
    })
    clock.at += 60
    expect(await browser.ask(ends)).toEqual([0, 2_678_400])
  })

  it('shows the earlier expiry after a limit was shortened', async () => {
    const long = createBrowser(sessionsOf<Shop>({ lifetime: { idle: '2h' } }))
    await long.visit((session) => {
      session.visits = 1
    })
    const short = createBrowser(sessionsOf<Shop>({ lifetime: { idle: '1h' } }), long.cookie)
    expect(await short.ask((session) => session.expiresAt.getTime())).toBe((START + 3600) * 1000)
    const longer = createBrowser(sessionsOf<Shop>({ lifetime: { idle: '3h' } }), long.cookie)
    expect(await longer.ask((session) => session.expiresAt.getTime())).toBe((START + 7200) * 1000)
  })

  it('removes one key with pop and returns its value', async () => {
    const session = await freshSession()
    session.theme = 'dark'
    expect(session.pop('theme')).toBe('dark')
    expect(session.pop('theme')).toBeUndefined()
    expect(Object.hasOwn(session, 'theme')).toBe(false)
    expect(session.pop('id')).toBeUndefined()
    expect(session.id).toHaveLength(22)
  })

  it('removes its data with clear, but stays logged in', async () => {
    const session = await freshSession()
    session.login('alice')
    session.permanent = true
    session.visits = 1
    const { id } = session
    session.clear()
    expect(JSON.stringify(session)).toBe('{}')
    expect([session.subject, session.permanent, session.id]).toEqual(['alice', true, id])
  })

  it('has a new id after regenerate, with the same data, subject and start (R34)', async () => {
    const clock = createClock()
    const browser = createBrowser(sessionsOf<Shop>({ now: clock.now }))
    let id = ''
    await browser.visit((session) => {
      session.login('alice')
      session.permanent = true
      session.visits = 1
      ;({ id } = session)
    })
    clock.at += 60
    await browser.visit((session) => session.regenerate())
    await browser.ask((session) => {
      expect(session.id).not.toBe(id)
      expect([session.visits, session.subject, session.permanent]).toEqual([1, 'alice', true])
      expect(session.createdAt.getTime()).toBe(START * 1000)
    })
  })
})

describe('logging in', () => {
  it.each([['cart'], [{ 0: 'cart', length: 1 }], [[1]], [null], [new Set(['cart'])]])(
    'rejects %j as the list of keys to keep',
    async (keep) => {
      const { session } = await sessionsOf().open(undefined)
      session['art'] = 'planted'
      expect(() => session.login('alice', { keep: keep as never })).toThrow('keep: expected a list of keys')
      expect([session.subject, session['art']]).toEqual([undefined, 'planted'])
    },
  )

  it('ignores options of a polluted prototype (R17, R28)', async () => {
    const { session } = await sessionsOf().open(undefined)
    session['isAdmin'] = true
    const polluted = Object.prototype as { keep?: unknown }
    try {
      polluted.keep = ['isAdmin']
      session.login('alice')
      session.login('bob', {})
    } finally {
      delete polluted.keep
    }
    expect(Object.assign({}, session)).toEqual({})
  })

  it.each(['', 1, null, undefined, {}, '\uD800', 'a\uDFFF'])('rejects %j as a subject', async (subject) => {
    const { session } = await sessionsOf().open(undefined)
    expect(() => session.login(subject as string)).toThrow('expected the id of a user as text')
    expect(session.subject).toBeUndefined()
  })

  it('sets the subject, a new id and a new start, and drops the data (R27, R28)', async () => {
    const clock = createClock()
    const browser = createBrowser(sessionsOf<Shop>({ now: clock.now }))
    let id = ''
    await browser.visit((session) => {
      session.theme = 'dark'
      session.visits = 7
      ;({ id } = session)
    })
    clock.at += 60
    await browser.visit((session) => session.login('alice'))
    await browser.ask((session) => {
      expect(session.subject).toBe('alice')
      expect(session.id).not.toBe(id)
      expect(session.createdAt.getTime()).toBe((START + 60) * 1000)
      expect(JSON.stringify(session)).toBe('{}')
    })
  })

  it('keeps only the keys in keep', async () => {
    const session = await freshSession()
    Object.assign(session, { theme: 'dark', visits: 1, cart: [{ sku: 'A1', qty: 1 }] })
    session.login('alice', { keep: ['cart', 'missing' as 'theme'] })
    expect(Object.assign({}, session)).toEqual({ cart: [{ sku: 'A1', qty: 1 }] })
  })

  it.each([[''], [undefined], [null], [7], [{}]])('rejects %j as a subject', async (subject) => {
    const session = await freshSession()
    session.theme = 'dark'
    const { id } = session
    expect(() => session.login(subject as string)).toThrow(
      new TypeError('session.login: expected the id of a user as text'),
    )
    expect([session.id, session.theme, session.subject]).toEqual([id, 'dark', undefined])
  })

  it.each<[string, boolean, (session: Session<Shop>) => void, boolean]>([
    ['login', false, (session) => session.login('b'), false],
    ['permanent, login', false, (session) => ((session.permanent = true), session.login('b')), true],
    ['login, permanent', false, (session) => (session.login('b'), (session.permanent = true)), true],
    ['login', true, (session) => session.login('b'), false],
    ['permanent, login', true, (session) => ((session.permanent = true), session.login('b')), true],
    ['login, permanent', true, (session) => (session.login('b'), (session.permanent = true)), true],
    ['not permanent, login', true, (session) => ((session.permanent = false), session.login('b')), false],
    [
      'permanent, destroy, login',
      false,
      (session) => ((session.permanent = true), session.destroy(), session.login('b')),
      false,
    ],
    [
      'permanent, login, login',
      false,
      (session) => ((session.permanent = true), session.login('a'), session.login('b')),
      true,
    ],
  ])(
    'with "%s" (permanent before: %s) leaves a session that is permanent or not',
    async (_, came, handle, permanent) => {
      const browser = createBrowser(sessionsOf<Shop>())
      if (came) {
        await browser.visit((session) => {
          session.login('a')
          session.permanent = true
        })
      }
      await browser.visit(handle)
      expect(await browser.ask((session) => [session.subject, session.permanent])).toEqual(['b', permanent])
    },
  )
})

async function loggedInBrowser() {
  const clock = createClock()
  const browser = createBrowser(sessionsOf<Shop>({ now: clock.now }))
  await browser.visit((session) => {
    session.login('alice', { label: 'Firefox' })
    Object.assign(session, { theme: 'dark', visits: 1 })
    session.permanent = true
  })
  clock.at += 60
  return { browser, clock }
}

describe('a login as the subject that is logged in already', () => {
  it('has a new id and a new start, and keeps the data', async () => {
    const { browser } = await loggedInBrowser()
    const before = await browser.ask((session) => session.id)
    await browser.visit((session) => {
      session.login('alice', { keep: ['visits'] })
      expect(session.explain().closes).toBe('regenerated')
    })
    await browser.ask((session) => {
      expect(session.id).not.toBe(before)
      expect(session.createdAt.getTime()).toBe((START + 60) * 1000)
      expect([session.subject, session.label, session.permanent]).toEqual(['alice', 'Firefox', true])
      expect(Object.assign({}, session)).toEqual({ theme: 'dark', visits: 1 })
    })
  })

  it('accepts another label', async () => {
    const { browser } = await loggedInBrowser()
    await browser.visit((session) => session.login('alice', { label: 'Chrome' }))
    expect(await browser.ask((session) => session.label)).toBe('Chrome')
  })

  it('is an ordinary one after an end', async () => {
    const { browser } = await loggedInBrowser()
    await browser.visit((session) => {
      session.logout()
      session.login('alice')
      expect(session.explain().closes).toBe('replaced')
    })
    await browser.ask((session) => {
      expect([session.label, session.permanent, JSON.stringify(session)]).toEqual([undefined, false, '{}'])
    })
  })
})

describe('the label of a login', () => {
  it('stays with the session until another subject logs in', async () => {
    const browser = createBrowser(sessionsOf<Shop>())
    await browser.visit((session) => session.login('alice', { label: 'x'.repeat(200) }))
    await browser.visit((session) => void (session.theme = 'dark'))
    await browser.visit((session) => session.regenerate())
    expect(await browser.ask((session) => session.label)).toBe('x'.repeat(200))
    await browser.visit((session) => session.login('bob'))
    expect(await browser.ask((session) => session.label)).toBeUndefined()
  })

  it('is truncated if it is as long as a browser’s header may be', async () => {
    const session = await freshSession()
    session.login('alice', { label: `${'x'.repeat(199)}\u{1F600}…` })
    expect(session.label).toBe(`${'x'.repeat(199)}\uFFFD`)
  })

  it.each([[7], [null]])('cannot be %j', async (label) => {
    const session = await freshSession()
    expect(() => session.login('alice', { label: label as unknown as string })).toThrow(
      new TypeError('session.login: expected a label as text'),
    )
    expect(session.subject).toBeUndefined()
  })
})

describe('ending a session', () => {
  it.each<[string, (session: Session<Shop>) => void]>([
    ['logout', (session) => session.logout()],
    ['destroy', (session) => session.destroy()],
  ])('with %s leaves no cookie and no data', async (_, end) => {
    const browser = createBrowser(sessionsOf<Shop>())
    await browser.visit((session) => {
      session.login('alice')
      session.permanent = true
      session.theme = 'dark'
    })
    await browser.visit((session) => {
      const { id } = session
      end(session)
      expect([session.subject, session.permanent, JSON.stringify(session)]).toEqual([undefined, false, '{}'])
      expect(session.id).not.toBe(id)
    })
    expect(browser.cookie).toBeUndefined()
  })

  it('lets later data begin another session', async () => {
    const clock = createClock()
    const browser = createBrowser(sessionsOf<Shop>({ now: clock.now }))
    let id = ''
    await browser.visit((session) => {
      session.login('alice')
      ;({ id } = session)
    })
    clock.at += 60
    await browser.visit((session) => {
      session.logout()
      session.theme = 'dark'
    })
    await browser.ask((session) => {
      expect([session.subject, session.theme]).toEqual([undefined, 'dark'])
      expect(session.id).not.toBe(id)
      expect(session.createdAt.getTime()).toBe((START + 60) * 1000)
    })
  })
})

describe('callbacks, as Passport and users of express-session pass them', () => {
  it('are called synchronously by regenerate and destroy, without an error', async () => {
    const session = await freshSession()
    const calls: unknown[][] = []
    const { id } = session
    session.regenerate((...values) => calls.push(values))
    expect(session.id).not.toBe(id)
    session.destroy((...values) => calls.push(values))
    expect(calls).toEqual([[], []])
  })

  it('are called by save and reload when they are done', async () => {
    const browser = createBrowser(sessionsOf<Shop>())
    const calls: unknown[][] = []
    await browser.visit(async (session) => {
      session.theme = 'dark'
      await session.save((...values) => calls.push(values))
      session.theme = 'light'
      await session.reload((...values) => calls.push(values))
      expect(session.theme).toBe('dark')
    })
    expect(calls).toEqual([[], []])
    expect(await browser.ask((session) => session.theme)).toBe('dark')
  })

  it('get a failure, without an unhandled rejection', async () => {
    const session = await freshSession()
    Object.assign(session, { fn: () => 1 })
    const errors: unknown[] = []
    expect(await rejectionOf(session.save((error) => errors.push(error)))).toBeUndefined()
    expect(errors).toEqual([expect.objectContaining({ name: 'SessionDataError', path: 'fn' })])
    expect(await rejectionOf(session.save())).toMatchObject({ name: 'SessionDataError' })
  })

  it('that throw are not called again', async () => {
    const session = await freshSession()
    let calls = 0
    const work = session.save(() => {
      calls++
      throw new Error('of the callback')
    })
    expect(await rejectionOf(work)).toMatchObject({ message: 'of the callback' })
    expect(calls).toBe(1)
  })

  it('work for a login as Passport makes it', async () => {
    const browser = createBrowser(sessionsOf())
    await browser.visit((session) => {
      session['guest'] = true
    })
    const before = await browser.ask((session) => session.id)
    await browser.visit(
      (session) =>
        new Promise<void>((resolve, reject) => {
          session.regenerate((error) => {
            if (error !== undefined) return reject(error)
            session['passport'] = { user: 'alice' }
            void session.save((error) => (error === undefined ? resolve() : reject(error)))
          })
        }),
    )
    expect(await browser.ask((session) => session['passport'])).toEqual({ user: 'alice' })
    expect(await browser.ask((session) => session.id)).not.toBe(before)
  })
})

it('the reserved names of data are those of the 26 controls', () => {
  expect(CONTROLS).toHaveLength(26)
  expect([...CONTROL_NAMES].toSorted()).toEqual(CONTROLS.toSorted())
})

describe('data with the name of a control', () => {
  it.each(CONTROLS)('is found: %s', (name) => {
    expect(hasControlName({ a: 1, [name]: 1 })).toBe(true)
  })

  it.each(['constructor', '__proto__', 'toString', 'user', 'Id', ''])('is not: %s', (name) => {
    expect(hasControlName(JSON.parse(`{${JSON.stringify(name)}:1}`) as object)).toBe(false)
  })
})
