import { createSessions } from '@keepsake/core'
import { describe, expect, it } from 'vitest'
import { defineSession, sessionsOf, useAttachment } from '../src/index.ts'

const SECRET = 'a secret that is only for tests with 48 characters'

const open = async () => {
  const { session } = await createSessions({ secrets: [SECRET] }).open(undefined)
  return session
}

describe('sessionsOf', () => {
  it('takes sessions as they are', () => {
    const sessions = createSessions({ secrets: [SECRET] })
    expect(sessionsOf(sessions)).toBe(sessions)
  })

  it('makes sessions of options', () => {
    expect(sessionsOf({ secrets: [SECRET] }).cookie.name).toBe('__Host-session')
  })

  it.each([[undefined], [null], [{}], ['secret']])('refuses %j at start-up', (given) => {
    expect(() => sessionsOf(given as never)).toThrow(expect.objectContaining({ name: 'ConfigError' }))
  })
})

describe('the session of a holder', () => {
  interface Holder {
    session?: unknown
  }
  const holderOf = (): Holder => {
    const prototype = {}
    const holder = Object.create(prototype) as Holder
    defineSession(prototype, holder)
    return holder
  }
  it('is undefined before one is used', () => {
    expect(holderOf().session).toBeUndefined()
  })

  it('is the one that was used last', async () => {
    const holder = holderOf()
    const [first, second] = [await open(), await open()]
    useAttachment(holder, { session: first })
    expect(holder.session).toBe(first)
    useAttachment(holder, { session: second })
    expect(holder.session).toBe(second)
  })

  it('ends when it is set to null', async () => {
    const holder = holderOf()
    const session = await open()
    session['name'] = 'Ada'
    const { id } = session
    useAttachment(holder, { session })
    holder.session = null
    expect([Object.keys(session), session.id === id, holder.session === session]).toEqual([[], false, true])
  })

  it.each([[{}], [undefined], ['text'], [1]])('cannot be replaced by %j', async (value) => {
    const holder = holderOf()
    useAttachment(holder, { session: await open() })
    expect(() => {
      holder.session = value
    }).toThrow(TypeError)
  })

  it('is an ordinary property where another library sets it and none of ours is used', () => {
    const holder = holderOf()
    holder.session = { theirs: true }
    expect(holder.session).toEqual({ theirs: true })
    holder.session = { theirs: 'again' }
    expect(holder.session).toEqual({ theirs: 'again' })
  })

  it('is an error where another library has put a session of its own, which would hide ours', () => {
    const prototype = { session: 'theirs' }
    expect(() => defineSession(prototype, Object.create(prototype) as object)).toThrow(/^session: another/)
    const holder = holderOf()
    holder.session = 'theirs'
    expect(() => defineSession(Object.getPrototypeOf(holder) as object, holder)).toThrow(/^session: another/)
  })

  it('is defined once for a prototype', () => {
    const holder = holderOf()
    const prototype = Object.getPrototypeOf(holder) as object
    const before = Object.getOwnPropertyDescriptor(prototype, 'session')
    defineSession(prototype, holder)
    expect(Object.getOwnPropertyDescriptor(prototype, 'session')).toEqual(before)
  })
})
