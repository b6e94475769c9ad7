import type { Arrival } from '@keepsake/core'
import { createSession } from '@remix-run/session'
import { createMemorySessionStorage } from '@remix-run/session/memory-storage'
import { describe, expect, it } from 'vitest'
import { expressSession, koaSession, reactRouter, remix } from '../src/index.ts'
import { arriving, sessionsWith, UNTIL, vectorNamed } from './support.ts'
import { OLD_SECRETS } from './vectors/vectors.ts'

/* The other application's store, which may be any object with the methods. */

const idOf = (name: string): string => Object.keys(vectorNamed(name).records ?? {})[0] ?? ''
const arrivingBy = async (arrival: Arrival, name: string) =>
  arriving(sessionsWith([arrival]), vectorNamed(name).cookie)

const WITH_DATE = { n: 1, at: new Date(0) }

type Get = (id: string, done: (error: unknown, record?: unknown) => void) => unknown
const failing: Get = (_, done) => done(new Error('down'))
const express = async (get: Get, destroy?: Get) =>
  arrivingBy(
    expressSession({ secrets: OLD_SECRETS, until: UNTIL, store: { get, destroy: destroy as never } }),
    'express-session',
  )

describe('a store of express-session', () => {
  it('can return its own objects, with methods and dates', async () => {
    class Record {
      readonly at = new Date(0)
      readonly cookie = { expires: new Date(4e12), originalMaxAge: 1, serialize: () => '' }
      touch(): void {}
    }
    const { data, permanent } = await express((_, done) => done(undefined, new Record()))
    expect({ data, permanent }).toEqual({ data: { at: '1970-01-01T00:00:00.000Z' }, permanent: true })
  })

  it.each<[string, Get]>([
    ['returns an error', (_, done) => done(new Error('down'))],
    ['returns a text as the error', (_, done) => done('down')],
    ['returns a promise that rejects', async () => Promise.reject(new Error('down'))],
    [
      'throws',
      () => {
        throw new Error('down')
      },
    ],
  ])('makes the request fail if it %s', async (_, get) => {
    await expect(express(get)).rejects.toMatchObject({ code: 'KEEPSAKE_STORE' })
  })

  it('can report a missing file as an ENOENT error', async () => {
    const { told } = await express((_, done) => done(Object.assign(new Error('gone'), { code: 'ENOENT' })))
    expect(told).toEqual(['unknown'])
  })

  it.each([['a text'], [[1]], [5], [{ n: 1n }]])(
    'has a malformed record if it returns %o',
    async (record) => {
      expect((await express((_, done) => done(null, record))).told).toEqual(['malformed'])
    },
  )

  it('can fail to delete the record without harm to the arrival', async () => {
    const record = { cookie: { expires: null }, n: 1 }
    expect((await express((_, done) => done(null, record), failing)).told).toEqual(['arrived'])
  })
})

describe('the foreign record of an arrived session', () => {
  it('is deleted in a store for koa-session', async () => {
    const name = 'koa-session, store'
    const deleted: string[] = []
    const { records = {} } = vectorNamed(name)
    const store = { get: (id: string) => records[id], destroy: (id: string) => void deleted.push(id) }
    await arrivingBy(koaSession({ keys: OLD_SECRETS, until: UNTIL, store }), name)
    expect(deleted).toEqual([idOf(name)])
  })

  it('is deleted by the functions of React Router', async () => {
    const name = 'react-router, store'
    const deleted: string[] = []
    const deleteData = (id: string) => void deleted.push(id)
    const arrival = reactRouter({ secrets: OLD_SECRETS, until: UNTIL, readData: () => WITH_DATE, deleteData })
    expect((await arrivingBy(arrival, name)).data).toEqual({ n: 1, at: '1970-01-01T00:00:00.000Z' })
    expect(deleted).toEqual([idOf(name)])
  })

  it('is deleted in a storage of Remix', async () => {
    const name = 'remix, store'
    const storage = createMemorySessionStorage()
    const session = createSession(idOf(name))
    session.set('n', 1)
    await storage.save(session)
    const arrival = remix({ secrets: OLD_SECRETS, until: UNTIL, storage })
    expect((await arrivingBy(arrival, name)).data).toEqual({ n: 1 })
    expect((await storage.read(idOf(name))).id).not.toBe(idOf(name))
  })
})
