import type { Arrival } from '@keepsake/core'
import { describe, expect, it } from 'vitest'
import {
  cookieSession,
  expressSession,
  fastifySession,
  koaSession,
  reactRouter,
  remix,
} from '../src/index.ts'
import { arrivalFor, arriving, connectStore, sessionsWith, UNTIL, VECTORS, vectorNamed } from './support.ts'

const keys = 'theirs'
const store = connectStore()
const wrong = (make: () => unknown): unknown => {
  try {
    make()
    return undefined
  } catch (error) {
    return (error as { option?: unknown }).option
  }
}
const as = (value: unknown): never => value as never

const adminIn = (data: Record<string, unknown>): unknown =>
  data['admin'] ?? (data['cart'] as Record<string, unknown>[])[0]?.['admin']

describe('the options of an arrival', () => {
  it.each<[string, () => Arrival]>([
    ['cookieSession.until', () => cookieSession(as({ keys }))],
    ['cookieSession.until', () => cookieSession({ keys, until: 'next year' })],
    ['cookieSession.until', () => cookieSession({ keys, until: '2027-02-31T' })],
    ['cookieSession.until', () => cookieSession({ keys, until: new Date(Number.NaN) })],
    ['cookieSession.until', () => cookieSession({ keys, until: as(1_900_000_000) })],
    ['cookieSession.keys', () => cookieSession(as({ until: UNTIL }))],
    ['cookieSession.keys', () => cookieSession({ keys: [], until: UNTIL })],
    ['cookieSession.keys[1]', () => cookieSession({ keys: [keys, undefined], until: UNTIL })],
    ['cookieSession.keys', () => cookieSession({ keys: '', until: UNTIL })],
    ['cookieSession.secret', () => cookieSession(as({ secret: keys, until: UNTIL }))],
    ['cookieSession', () => cookieSession(as(undefined))],
    ['cookieSession.cookie.name', () => cookieSession({ keys, until: UNTIL, cookie: { name: 'a b' } })],
    ['cookieSession.cookie.path', () => cookieSession({ keys, until: UNTIL, cookie: { path: 'x' } })],
    ['cookieSession.cookie.domain', () => cookieSession({ keys, until: UNTIL, cookie: { domain: 'a;b' } })],
    [
      'cookieSession.cookie.sameSite',
      () => cookieSession({ keys, until: UNTIL, cookie: as({ sameSite: 1 }) }),
    ],
    ['cookieSession.leave', () => cookieSession({ keys, until: UNTIL, leave: as('no') })],
    ['cookieSession.subject', () => cookieSession({ keys, until: UNTIL, subject: as('user') })],
    ['expressSession.store', () => expressSession(as({ secrets: keys, until: UNTIL }))],
    ['fastifySession.store', () => fastifySession({ secrets: keys, until: UNTIL, store: as({}) })],
    [
      'fastifySession.algorithm',
      () => fastifySession({ secrets: keys, until: UNTIL, store, algorithm: 'x' }),
    ],
    ['koaSession.store', () => koaSession({ keys, until: UNTIL, store: as(5) })],
    [
      'reactRouter.deleteData',
      () => reactRouter({ secrets: keys, until: UNTIL, deleteData: () => undefined }),
    ],
    ['remix.storage', () => remix({ secrets: keys, until: UNTIL, storage: as({}) })],
  ])('cause an error that names %s if it is wrong', (option, make) => {
    expect(wrong(make) ?? 'nothing').toBe(option === 'cookieSession' ? 'cookieSession.until' : option)
  })

  it.each([
    ['a day, which begins in UTC', '2027-03-01', 1_803_859_200],
    ['a point in time with its zone', '2027-03-01T02:00:00+02:00', 1_803_859_200],
    ['a date', new Date(1_803_859_200_999), 1_803_859_200],
  ])('accept %s as until', (_, until, expected) => {
    expect(cookieSession({ keys, until }).until).toBe(expected)
  })
})

describe('the arrival of a foreign session', () => {
  const name = 'cookie-session'
  const { cookie } = vectorNamed(name)
  const arrivedBy = async (options: object) => arriving(sessionsWith([arrivalFor(name, { options })]), cookie)

  it('keeps the data that the function data returns', async () => {
    const { data } = await arrivedBy({ data: (old: { cart: unknown[] }) => ({ items: old.cart.length }) })
    expect(data).toEqual({ items: 1 })
  })

  it('is dropped if the function data returns undefined', async () => {
    const { data, subject, told } = await arrivedBy({ data: () => undefined })
    expect({ data, subject, told }).toEqual({ data: {}, subject: undefined, told: ['empty'] })
  })

  it.each([
    ['a number', () => 7, '7'],
    ['null', () => null, undefined],
    ['nothing', () => undefined, undefined],
  ])('logs in the subject that is returned as %s', async (_, subject, expected) => {
    expect((await arrivedBy({ subject })).subject).toBe(expected)
  })

  it('keeps the messages that the function flash returns', async () => {
    const flash = [{ category: 'info', message: 'Welcome back' }]
    expect((await arrivedBy({ flash: () => flash })).flash).toEqual(flash)
  })

  it('is permanent if the option permanent is set', async () => {
    expect((await arrivedBy({ permanent: true })).permanent).toBe(true)
  })

  it.each([
    ['subject', () => ''],
    ['subject', () => 1.5],
    ['subject', () => '\uD800'],
    ['subject', async () => 'ada'],
    ['subject', () => ({})],
    ['data', () => []],
    ['data', async () => ({})],
    ['flash', () => ['Saved']],
    ['flash', () => [{ category: '', message: 'Saved' }]],
  ])(
    'fails with an error that names %s if it returns the wrong type, and does not show the value',
    async (option, answer) => {
      await expect(arrivedBy({ [option]: answer })).rejects.toThrow(`cookieSession.${option}: expected`)
    },
  )

  it('reads nothing from a polluted Object.prototype', async () => {
    const polluted = Object.prototype as unknown as Record<string, unknown>
    for (const key of ['admin', 'cookie', 'flash', 'd', '_expire', 'refused', 'id', 'beganAt', 'permanent']) {
      polluted[key] = 'eve'
      try {
        for (const line of Object.keys(VECTORS.cookies)) {
          const sessions = sessionsWith([arrivalFor(line, { options: { subject: adminIn } })])
          const arrived = await arriving(sessions, vectorNamed(line).cookie)
          expect([key, line, arrived.subject, arrived.told]).toEqual([key, line, undefined, ['arrived']])
        }
      } finally {
        delete polluted[key]
      }
    }
  })
})

describe('the foreign cookie', () => {
  const name = 'cookie-session'
  const { cookie } = vectorNamed(name)
  const linesOf = async (options: object) =>
    (await arriving(sessionsWith([arrivalFor(name, { options })]), cookie)).lines.slice(1)

  it('stays with leave: false', async () => {
    expect(await linesOf({ leave: false })).toEqual([])
  })

  it('is deleted with its path and domain, and also without the domain', async () => {
    expect(await linesOf({ cookie: { path: '/shop', domain: 'example.com' } })).toEqual(
      ['session', 'session.sig'].flatMap((part) => [
        `${part}=; Path=/shop; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly`,
        `${part}=; Path=/shop; Domain=example.com; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly`,
      ]),
    )
  })

  it('is deleted in its partition', async () => {
    const [line] = await linesOf({ cookie: { partitioned: true } })
    expect(line).toMatch(/; HttpOnly; Secure; SameSite=None; Partitioned$/)
  })
})
