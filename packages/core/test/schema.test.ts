import { type } from 'arktype'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { ConfigError, SessionDataError } from '../src/base/errors.ts'
import { browserWith, createServers, PLACES, schemaOf, seen } from './schema-support.ts'
import { createBrowser, rejectionOf, sessionsOf, setCookie, thrownBy } from './support.ts'
import { eventsOf } from './store-support.ts'

/** The same shape, with a text that may be missing, in three libraries. */
const SCHEMAS = [
  ['Zod', z.object({ cart: z.array(z.object({ sku: z.string() })), name: z.string().optional() })],
  ['Valibot', v.object({ cart: v.array(v.object({ sku: v.string() })), name: v.optional(v.string()) })],
  ['ArkType', type({ cart: type({ sku: 'string' }).array(), 'name?': 'string' })],
] as const
/** The prototype of all plain objects. */
const SHARED = Object.getPrototypeOf({}) as object
const CART = { cart: [{ sku: 'A1' }] }

describe.each(PLACES)('sessions %s', (_, options) => {
  describe.each(SCHEMAS)('with a schema of %s', (__, schema) => {
    it('contain valid data', async () => {
      const browser = await browserWith(createServers(options())({ schema }), { ...CART, name: 'Ada' })
      expect(await seen(browser)).toEqual([{ ...CART, name: 'Ada' }, 'opened', 'unchanged'])
    })

    it('are not saved with invalid data, and the error names its path without the value', async () => {
      const browser = await browserWith(createServers(options())({ schema }), CART)
      const before = browser.cookie
      for (const [change, path] of [
        [{ cart: [{ sku: 12_345 }] }, 'cart[0].sku'],
        [{ name: 12_345 }, 'name'],
        [{ cart: undefined, name: 'Ada' }, 'cart'],
      ] as const) {
        const failed = browser.visit((session) => {
          Object.assign(session, change)
          expect(session.explain().closes).toBe('unkeepable')
        })
        const error = await rejectionOf(failed)
        expect(error).toBeInstanceOf(SessionDataError)
        expect(error).toMatchObject({ path, message: `session data: ${path} does not match the schema` })
        browser.cookie = before
      }
      expect(await seen(browser)).toEqual([CART, 'opened', 'unchanged'])
    })

    it('may be empty, and be logged in, whatever the schema requires', async () => {
      const browser = await browserWith(createServers(options())({ schema }), {}, 'ada')
      expect(await browser.ask((session) => [session.subject, Object.keys(session)])).toEqual(['ada', []])
      await browser.visit((session) => Object.assign(session, CART))
      expect(await seen(browser)).toEqual([CART, 'opened', 'unchanged'])
      await browser.visit((session) => session.clear())
      expect(await browser.ask((session) => [session.subject, Object.keys(session)])).toEqual(['ada', []])
    })

    it('begin empty with invalid data, with an event, and delete nothing', async () => {
      const server = createServers(options())
      const loose = server()
      const { cookie } = await browserWith(loose, { cart: 'A1,B2' }, 'ada')
      const browser = createBrowser(server({ schema }), cookie)
      const events = await eventsOf(async () => {
        const headers = await browser.visit((session) => {
          expect([session.isNew, session.subject, Object.keys(session)]).toEqual([true, undefined, []])
          expect(session.explain()).toMatchObject({ opened: 'unfit', closes: 'empty' })
        })
        expect(setCookie(headers)).toBeUndefined()
      })
      expect(events).toEqual(['session_refused unfit'])
      expect(await browser.ask((session) => session.isChanged)).toBe(false)
      // The previous version finds its session unchanged.
      const back = createBrowser(loose, cookie)
      expect(await back.ask((session) => [session.subject, session['cart']])).toEqual(['ada', 'A1,B2'])
    })

    it('start again with new data after invalid data', async () => {
      const server = createServers(options())
      const { cookie } = await browserWith(server(), { cart: 'A1,B2' })
      const browser = createBrowser(server({ schema }), cookie)
      await browser.visit((session) => Object.assign(session, CART))
      expect(await seen(browser)).toEqual([CART, 'opened', 'unchanged'])
    })
  })

  it.each([
    ['Zod', z.object({ n: z.coerce.number(), at: z.coerce.date(), cart: z.array(z.string()).default([]) })],
    [
      'Valibot',
      v.object({
        n: v.pipe(v.unknown(), v.transform(Number)),
        at: v.pipe(
          v.unknown(),
          v.transform((at) => new Date(String(at))),
        ),
        cart: v.optional(v.array(v.string()), []),
      }),
    ],
    [
      'ArkType',
      type({
        n: type('string | number').pipe(Number),
        at: type('string | Date').pipe((at) => new Date(at)),
        cart: type('string[]').default(() => []),
      }),
    ],
  ])(
    'are read with the defaults and conversions of a %s schema, which are not a change',
    async (__, schema) => {
      const server = createServers(options())
      const { cookie } = await browserWith(server(), { n: '7', at: '2026-01-02T00:00:00.000Z', unknown: 1 })
      const browser = createBrowser(server({ schema }), cookie)
      for (let visit = 0; visit < 3; visit++) {
        const headers = await browser.visit((session) => {
          expect(session['n']).toBe(7)
          expect(session['at']).toEqual(new Date('2026-01-02'))
          expect(session['cart']).toEqual([])
          expect(session.isChanged).toBe(false)
        })
        expect(setCookie(headers)).toBeUndefined()
      }
      await browser.visit((session) => (session['cart'] = ['A1']))
      expect(await browser.ask((session) => [session['n'], session['cart']])).toEqual([7, ['A1']])
      expect((await seen(browser))[2]).toBe('unchanged')
    },
  )

  it.each<[string, unknown]>([
    ['throws', schemaOf(() => JSON.parse('no'))],
    ['gives no object', schemaOf(() => ({ value: 'text' }))],
    ['gives a list', schemaOf(() => ({ value: [1] }))],
    ['gives nothing', schemaOf(() => ({ value: undefined }))],
    ['returns data that cannot be saved', schemaOf(() => ({ value: { f: () => 1 } }))],
    ['gives data with the name of a control', schemaOf(() => ({ value: { id: 1 } }))],
  ])('begin empty if a schema %s: a cookie must not cause a failure', async (__, schema) => {
    const server = createServers(options())
    const { cookie } = await browserWith(server(), { n: 1 })
    const browser = createBrowser(server({ schema }), cookie)
    expect(await seen(browser)).toEqual([{}, 'unfit', 'empty'])
    expect(await server({ schema }).peek(cookie)).toBeUndefined()
  })

  it('reject a schema that returns a promise, by its name, when they are read and when they are written', async () => {
    const server = createServers(options())
    const schema = z.object({ n: z.number() }).refine(async () => true)
    const late = server({ schema: schemaOf((value) => schema['~standard'].validate(value)) })
    const message = 'schema: must validate synchronously, but returned a promise'
    expect(await rejectionOf(browserWith(late, { n: 1 }))).toEqual(new TypeError(message))
    const { cookie } = await browserWith(server(), { n: 1 })
    expect(await rejectionOf(createBrowser(late, cookie).ask((session) => session['n']))).toEqual(
      new TypeError(message),
    )
  })

  it.each([
    ['Zod', z.object({ n: z.number(), role: z.string() })],
    ['Valibot', v.object({ n: v.number(), role: v.string() })],
    ['ArkType', type({ n: 'number', role: 'string' })],
  ])('pass a schema of %s no key of a polluted Object.prototype', async (__, schema) => {
    const server = createServers(options())
    const { cookie } = await browserWith(server(), { n: 1 })
    Object.defineProperty(SHARED, 'role', { value: 'admin', configurable: true, writable: true })
    try {
      expect(await seen(createBrowser(server({ schema }), cookie))).toEqual([{}, 'unfit', 'empty'])
      const error = await rejectionOf(browserWith(server({ schema }), { n: 1 }))
      expect(error).toMatchObject({ path: 'role' })
    } finally {
      Reflect.deleteProperty(SHARED, 'role')
    }
  })
})

it.each<[object, RegExp]>([
  [{ schema: {} }, /^schema: expected a Standard Schema/],
  [{ schema: 'z.object' }, /^schema: expected a Standard Schema/],
  [{ version: 1 }, /^version: needs a schema/],
  [{ migrate: () => ({}) }, /^migrate: needs a schema/],
  [{ schema: z.object({}), version: 0 }, /^version: expected a whole number from 1/],
  [{ schema: z.object({}), version: '2' }, /^version: expected a whole number from 1 .*, got a text/],
  [{ schema: z.object({}), version: 1.5 }, /^version: expected a whole number/],
  [{ schema: z.object({}), migrate: {} }, /^migrate: expected a function, got an object/],
])('the options %o of a schema are rejected at start-up', (options, message) => {
  const error = thrownBy(() => sessionsOf(options))
  expect(error).toBeInstanceOf(ConfigError)
  expect((error as Error).message).toMatch(message)
})
