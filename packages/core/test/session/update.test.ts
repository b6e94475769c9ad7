import { describe, expect, it } from 'vitest'
import { type ControlName, type Session, SessionControls } from '../../src/session/session.ts'
import { begin, createWorld, dataOf, rejection, request } from '../store-support.ts'
import { createBrowser, sessionsOf, thrownBy } from '../support.ts'

interface Data {
  n?: number
  otp?: string
  list?: number[]
}

const OBJECT_KEYS = ['__proto__', 'constructor', 'toString', 'valueOf', 'hasOwnProperty']

/** One request that changes the session by `update`, with another one in between that has written to it. */
async function updated(data: Data, change: Parameters<Session<Data>['update']>[0]) {
  const { sessions } = createWorld<Data>()
  const cookie = await begin(sessions, data)
  let calls = 0
  await request(sessions, cookie, async (session) => {
    session.update((draft) => {
      calls++
      change(draft)
    })
    await request(sessions, cookie, (other) => (other.n = 10))
  })
  return { calls, data: await dataOf(sessions, cookie) }
}

describe('the function of session.update', () => {
  it.each<[string, Data, Parameters<Session<Data>['update']>[0], Data]>([
    ['counts', { n: 1 }, (data) => (data.n = (data.n ?? 0) + 1), { n: 11 }],
    [
      'pops a key',
      { n: 1, otp: '1' },
      (data) => data.pop('otp') === '1' && (data.list = [1]),
      { n: 10, list: [1] },
    ],
    ['deletes a key', { n: 1, otp: '1' }, (data) => delete data.otp, { n: 10 }],
    ['clears all and adds', { n: 1 }, (data) => (data.clear(), (data.otp = '2')), { otp: '2' }],
    ['changes a list in place', { list: [1] }, (data) => data.list?.push(2), { n: 10, list: [1, 2] }],
    [
      'replaces a value by one that differs in -0',
      { n: 0 },
      (data) => (data.list = [-0]),
      { n: 10, list: [-0] },
    ],
  ])(
    '%s at once and again on what another request has written, by the same controls',
    async (_, data, change, expected) => {
      expect(await updated(data, change)).toEqual({ calls: 2, data: expected })
    },
  )

  it('gets an object with only the data, of the same kind each time', async () => {
    const kinds: unknown[] = []
    await updated({ n: 1 }, (data) => {
      kinds.push(Object.getPrototypeOf(data))
      expect(Object.keys(data)).toEqual(['n'])
      expect(data).not.toBeInstanceOf(SessionControls)
      data.otp = ''
    })
    expect(kinds).toHaveLength(2)
    expect(kinds[0] === kinds[1]).toBe(true)
  })

  it('keeps the identity of objects that the handler already holds', async () => {
    const browser = createBrowser(sessionsOf<Data>())
    await browser.visit((session) => (session.list = [1]))
    await browser.visit((session) => {
      const { list } = session
      session.update((data) => (data.n = data.list?.push(2) ?? 0))
      list?.push(3)
    })
    expect(await browser.ask((session) => session.list)).toEqual([1, 2, 3])
  })

  it('changes nothing when it throws', async () => {
    const browser = createBrowser(sessionsOf<Data>())
    await browser.visit((session) => {
      session.n = 1
      const work = (): void =>
        session.update((data) => {
          data.clear()
          data.otp = '1'
          throw new Error('no')
        })
      expect(work).toThrow('no')
      expect(Object.entries(session)).toEqual([['n', 1]])
    })
    expect(await browser.ask((session) => Object.entries(session))).toEqual([['n', 1]])
  })

  const controls = Object.getOwnPropertyNames(SessionControls.prototype).filter(
    (name) => !['constructor', '__proto__', 'pop', 'clear'].includes(name),
  )

  it.each(controls)('cannot use the control %s, in the first or a repeated call', async (name) => {
    const message = `session.update: '${name}' is not data; use it on the session, outside of update`
    const browser = createBrowser(sessionsOf())
    const read = (draft: object): unknown => Reflect.get(draft, name)
    const write = (draft: object): unknown => Reflect.set(draft, name, 1)
    await browser.visit((session) => {
      expect(thrownBy(() => session.update(read))).toEqual(new TypeError(message))
      expect(thrownBy(() => session.update(write))).toBeInstanceOf(TypeError)
      expect(Object.keys(session)).toEqual([])
    })
    const { sessions } = createWorld()
    const cookie = await begin(sessions, { n: 1 })
    const late = await rejection(
      request(sessions, cookie, async (session) => {
        session.update((draft) => {
          draft['m'] = draft['n'] === 1 ? 1 : read(draft)
        })
        await request(sessions, cookie, (other) => (other['n'] = 10))
      }),
    )
    expect(late).toEqual(new TypeError(message))
  })

  it.each(['pop', 'clear'] satisfies ControlName[])('cannot assign data to %s', async (name) => {
    const { session } = await sessionsOf().open(undefined)
    expect(() => session.update((draft) => Reflect.set(draft, name, 1))).toThrow(
      `'${name}' is a session control; store the data under another name`,
    )
  })

  it('may use the names of Object.prototype as keys', async () => {
    const { sessions } = createWorld()
    const cookie = await begin(sessions, { n: 1 })
    await request(sessions, cookie, async (session) => {
      session.update((draft) => {
        for (const key of OBJECT_KEYS) Reflect.set(draft, key, { polluted: true })
      })
      await request(sessions, cookie, (other) => (other['n'] = 10))
    })
    const data = await dataOf(sessions, cookie)
    expect(Object.keys(data)).toEqual(['n', ...OBJECT_KEYS])
    expect(Object.getPrototypeOf(data)).toBe(Object.prototype)
  })

  it('must not be async: it throws, changes nothing, and its rejection does not end the process', async () => {
    const { session } = await sessionsOf<Data>().open(undefined)
    const isAsync = async (data: Data): Promise<void> => {
      data.n = 1
      await Promise.resolve()
      throw new Error('dropped')
    }
    expect(() => session.update(isAsync as (data: Data) => unknown)).toThrow(
      'session.update: the function must not be async',
    )
    expect(Object.keys(session)).toEqual([])
  })

  it('may return anything but a promise', async () => {
    const { session } = await sessionsOf<Data>().open(undefined)
    for (const value of [undefined, null, 0, '', {}, [], () => 1]) session.update(() => value)
  })
})
