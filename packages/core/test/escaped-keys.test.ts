import { describe, expect, it } from 'vitest'
import { createCookie } from '../src/cookie/cookie.ts'
import type { Session } from '../src/session/session.ts'
import { secretOf } from './support.ts'
import { begin, createOverflowingWorld, createWorld, dataOf, eventsOf, request } from './store-support.ts'

/**
 * Makes `JSON.parse` misread a key with an escape after another key as one that ends in a backslash
 * (nodejs/node#63785).
 */
const mislead = (): unknown => JSON.parse('{"a":[],"\\\\":{"a":[],"\\\\":0}}')

const DATA = {
  a: 1,
  '"': { a: [], '\n': 1 },
  list: [new Map<unknown, unknown>([['"', { a: 1, '\0': 2 }]]), { a: 1, '\ud800': new Date(0) }],
}

const isUnchanged = (session: Session): void => expect(session.isChanged).toBe(false)

describe.each([
  ['in a cookie', () => createWorld({ store: undefined, revocation: 'none' })],
  ['in a store', () => createWorld()],
  ['in whichever has room', () => createOverflowingWorld()],
] as const)('a session %s with keys that JSON escapes', (_, create) => {
  it('is read back with these keys, and unchanged by a request that only reads', async () => {
    const { sessions } = create()
    const cookie = await begin(sessions, DATA)
    mislead()
    expect(await dataOf(sessions, cookie)).toEqual(DATA)
    expect(await eventsOf(() => request(sessions, cookie, isUnchanged))).toEqual(['session_opened opened'])
  })

  it('can expire such a key early', async () => {
    const world = create()
    const cookie = await request(world.sessions, undefined, (session) => {
      Object.assign(session, DATA)
      session.expire('a', 1000)
      session.expire('"', 60)
    })
    mislead()
    world.at += 60
    expect(await dataOf(world.sessions, cookie)).toEqual({ a: 1, list: DATA.list })
  })
})

describe('keys that JSON escapes', () => {
  it('are merged one by one with what another request has written', async () => {
    const { sessions } = createWorld()
    const cookie = await begin(sessions, DATA)
    mislead()
    await request(sessions, cookie, async (session) => {
      session['"'] = { a: [], '\n': 2 }
      await request(sessions, cookie, (other) => {
        other['\\'] = 1
        Reflect.deleteProperty(other, 'list')
      })
    })
    expect(await dataOf(sessions, cookie)).toEqual({ a: 1, '"': { a: [], '\n': 2 }, '\\': 1 })
  })

  it('work in JSON cookies too', () => {
    const cookie = createCookie<object>('prefs', { json: true, signed: [secretOf('prefs')] })
    const line = cookie.write(DATA['"']).split(';', 1)[0]
    mislead()
    expect(cookie.read(line)).toEqual(DATA['"'])
  })
})
