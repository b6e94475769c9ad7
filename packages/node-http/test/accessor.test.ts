import { createSessions } from '@keepsake/core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { defineSession, useAttachment } from '../src/index.ts'

const SECRET = 'a secret that is only for tests with 48 characters'

const open = async () => {
  const { session } = await createSessions({ secrets: [SECRET] }).open(undefined)
  return session
}

describe('the session property of a request or context', () => {
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

  it('is the session that was set last', async () => {
    const holder = holderOf()
    const [first, second] = [await open(), await open()]
    useAttachment(holder, { session: first })
    expect(holder.session).toBe(first)
    useAttachment(holder, { session: second })
    expect(holder.session).toBe(second)
  })

  it('ends the session if it is set to null', async () => {
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

  it('is an ordinary property if another library sets it and ours is not used', () => {
    const holder = holderOf()
    holder.session = { theirs: true }
    expect(holder.session).toEqual({ theirs: true })
    holder.session = { theirs: 'again' }
    expect(holder.session).toEqual({ theirs: 'again' })
  })

  it('throws if another library has set its own session, which would hide ours', () => {
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

  it('can be defined on a single holder, even if Object.prototype is polluted with a descriptor of another kind', async () => {
    const holder: Holder = {}
    const other: Holder = {}
    Object.assign(Object.prototype, { value: 'polluted' })
    onTestFinished(() => void Reflect.deleteProperty(Object.prototype, 'value'))
    defineSession(holder, holder)
    const session = await open()
    useAttachment(holder, { session })
    expect([holder.session, 'session' in other]).toEqual([session, false])
  })
})
