import type { IncomingMessage } from 'node:http'
import { type } from 'arktype'
import * as v from 'valibot'
import { describe, expectTypeOf, it } from 'vitest'
import { z } from 'zod'
import {
  type Cookie,
  createCookie,
  createSessions,
  type RegisteredData,
  type Session,
  type Sessions,
  type Visit,
} from '@keepsake/core'

interface Shop {
  cart: { sku: string; qty: number }[]
  theme: 'light' | 'dark'
}

declare module '@keepsake/core' {
  interface Register {
    session: Shop
  }
}

declare const session: Visit<Shop>['session']
declare const anything: Session<Record<string, unknown>>
const secrets: string[] = []
const sizeOf = (session: Session): number => session.cart?.length ?? 0

describe('the types of a session', () => {
  it('allow every key of the data to be missing', () => {
    expectTypeOf(session.cart).toEqualTypeOf<Shop['cart'] | undefined>()
    expectTypeOf(session.theme).toEqualTypeOf<'light' | 'dark' | undefined>()
    expectTypeOf(session.pop('theme')).toEqualTypeOf<'light' | 'dark' | undefined>()
    // @ts-expect-error -- a fresh session has no cart
    session.cart.push({ sku: 'A1', qty: 1 })
    ;(session.cart ??= []).push({ sku: 'A1', qty: 1 })
    delete session.cart
  })

  it('reject any other key and any other value', () => {
    // @ts-expect-error -- misspelt
    session.crat = []
    // @ts-expect-error -- misspelt
    void session.crat
    // @ts-expect-error -- no theme
    session.theme = 'blue'
    // @ts-expect-error -- no key
    session.pop('crat')
  })

  it('give update the data, with pop and clear, and no other control', () => {
    session.update((data) => {
      expectTypeOf(data.theme).toEqualTypeOf<'light' | 'dark' | undefined>()
      expectTypeOf(data.pop('theme')).toEqualTypeOf<'light' | 'dark' | undefined>()
      ;(data.cart ??= []).push({ sku: 'A1', qty: 1 })
      data.clear()
      // @ts-expect-error -- no key
      data.pop('crat')
      // @ts-expect-error -- no data
      void data.login
      // @ts-expect-error -- no data
      void data.subject
      // @ts-expect-error -- no theme
      data.theme = 'blue'
    })
    anything.update((data) => {
      expectTypeOf(data['whatever']).toEqualTypeOf<unknown>()
      data.pop('whatever')
    })
  })

  it('use the registered data if no type is given', () => {
    expectTypeOf<Session>().toEqualTypeOf(session)
  })

  it('accept any key if the type is any', () => {
    expectTypeOf(anything['whatever']).toEqualTypeOf<unknown>()
    anything['whatever'] = 1
  })

  it('do not allow assigning a control', () => {
    expectTypeOf(session.id).toEqualTypeOf<string>()
    expectTypeOf(session.subject).toEqualTypeOf<string | undefined>()
    expectTypeOf(session.permanent).toEqualTypeOf<boolean>()
    session.permanent = true
    // @ts-expect-error -- read only
    session.id = 'x'
    // @ts-expect-error -- read only
    session.subject = 'alice'
    // @ts-expect-error -- a boolean
    session.permanent = 'yes'
    // @ts-expect-error -- text
    session.login(7)
    session.login('alice', { keep: ['cart', 'theme'], label: 'a phone' })
    // @ts-expect-error -- no key of the data
    session.login('alice', { keep: ['crat'] })
    // @ts-expect-error -- a control, and no data
    session.login('alice', { keep: ['subject'] })
    anything.login('alice', { keep: ['cart', 'whatever'] })
  })

  it('let regenerate take keys to keep, or a callback', () => {
    session.regenerate()
    session.regenerate({ keep: ['cart', 'theme'] })
    session.regenerate((error) => expectTypeOf(error).toEqualTypeOf<unknown>())
    anything.regenerate({ keep: ['whatever'] })
    // @ts-expect-error -- misspelt
    session.regenerate({ keep: ['crat'] })
    // @ts-expect-error -- a control
    session.regenerate({ keep: ['id'] })
    // @ts-expect-error -- one or the other
    session.regenerate({ keep: ['cart'] }, () => undefined)
  })

  it('can be named in the signatures of helpers', async () => {
    const visit = await createSessions<Shop>({ secrets }).open(undefined)
    expectTypeOf(visit.session).toEqualTypeOf<Session>()
    expectTypeOf(sizeOf(visit.session)).toEqualTypeOf<number>()
    expectTypeOf(sizeOf).parameter(0).toHaveProperty('theme')
  })
})

describe('the types of sessions', () => {
  it('contain the type of the data', () => {
    const sessions = createSessions<Shop>({ secrets })
    expectTypeOf(sessions).toEqualTypeOf<Sessions<Shop>>()
    expectTypeOf(sessions.open('a=b')).toEqualTypeOf<Promise<Visit<Shop>>>()
    expectTypeOf(createSessions({ secrets })).toEqualTypeOf<Sessions<Record<string, unknown>>>()
  })

  it('reject data with the name of a control', () => {
    // @ts-expect-error -- 'id' is a control of the session
    createSessions<{ id: string }>({ secrets })
    // @ts-expect-error -- 'destroy' is a control of the session
    createSessions<{ cart: string[]; destroy: boolean }>({ secrets })
    // @ts-expect-error -- 'permanent' is a control of the session
    createSessions<{ permanent: boolean }>({ secrets })
    // @ts-expect-error -- 'subject' is a control of the session
    createSessions<{ subject?: string }>({ secrets })
    // @ts-expect-error -- 'save' is a control of the session
    createSessions<{ save: () => void }>({ secrets })
    // @ts-expect-error -- 'pop' is a control of the session
    createSessions<{ pop: number }>({ secrets })
    // @ts-expect-error -- 'isNew' is a control of the session
    createSessions<{ isNew: boolean }>({ secrets })
    createSessions<{ identity: string; destroyed: boolean }>({ secrets })
  })

  it('reject options that do not exist', () => {
    // @ts-expect-error -- secrets are needed
    createSessions({})
    // @ts-expect-error -- text or a list
    createSessions({ secrets: 1 })
    createSessions({ secrets: process.env['SESSION_SECRET'] })
    createSessions({ secrets: [process.env['SESSION_SECRET'], Buffer.alloc(32)] })
    // @ts-expect-error -- an option of another library
    createSessions({ secrets, resave: false })
    // @ts-expect-error -- no duration
    createSessions({ secrets, lifetime: { idle: '1 hour' } })
    // @ts-expect-error -- Secure is always on
    createSessions({ secrets, cookie: { secure: false } })
    createSessions({ secrets, lifetime: { idle: '30m', absolute: 86_400 }, cookie: { insecure: true } })
  })
})

describe('the registered data', () => {
  it('is the type that the application registers', () => {
    expectTypeOf<RegisteredData>().toEqualTypeOf<Shop>()
  })
})

describe('the types of cookies', () => {
  it('accept and return text by default', () => {
    const cookie = createCookie('theme', { maxAge: '365d', sameSite: 'lax' })
    expectTypeOf(cookie).toEqualTypeOf<Cookie>()
    expectTypeOf(cookie.read('a=b')).toEqualTypeOf<string | undefined>()
    expectTypeOf(cookie.write('dark', { maxAge: 60 })).toEqualTypeOf<string>()
    // @ts-expect-error -- exact words only
    createCookie('theme', { sameSite: 'Lax' })
    // @ts-expect-error -- text only
    cookie.write(1)
  })
})

describe('the types of sessions with a schema', () => {
  it('are Zod’s output types, not its input types', () => {
    const schema = z.object({ cart: z.array(z.string()), visits: z.coerce.number().default(1) })
    expectTypeOf(createSessions({ secrets, schema })).toEqualTypeOf<
      Sessions<{ cart: string[]; visits: number }>
    >()
  })

  it('are the output types of Valibot and ArkType', () => {
    const valibot = v.object({ cart: v.array(v.string()) })
    expectTypeOf(createSessions({ secrets, schema: valibot })).toEqualTypeOf<Sessions<{ cart: string[] }>>()
    const arktype = type({ cart: 'string[]', 'visits?': 'number' })
    expectTypeOf(createSessions({ secrets, schema: arktype })).toEqualTypeOf<
      Sessions<{ cart: string[]; visits?: number }>
    >()
  })

  it('may be given explicitly, and the schema must then return them', () => {
    interface Named {
      cart: string[]
    }
    const schema = z.object({ cart: z.array(z.string()) })
    expectTypeOf(createSessions<Named>({ secrets, schema })).toEqualTypeOf<Sessions<Named>>()
    // @ts-expect-error -- another key
    createSessions<Named>({ secrets, schema: z.object({ card: z.array(z.string()) }) })
    // @ts-expect-error -- a control's name
    createSessions({ secrets, schema: z.object({ login: z.string() }) })
  })

  it('are the types of accept’s arguments, and the request can be typed as a framework’s', () => {
    const schema = z.object({ tenant: z.string() })
    createSessions({
      secrets,
      schema,
      accept: (given) => {
        expectTypeOf(given.tenant).toEqualTypeOf<string | undefined>()
        return true
      },
    })
    createSessions<Shop>({
      secrets,
      accept: async (given, request: IncomingMessage) => given.theme !== 'dark' && request.url !== undefined,
    })
    // @ts-expect-error -- no answer
    createSessions<Shop>({ secrets, accept: () => undefined })
  })

  it('allow any keys without a schema', () => {
    expectTypeOf(createSessions({ secrets })).toEqualTypeOf<Sessions<Record<string, unknown>>>()
    expectTypeOf(createSessions({ secrets, onConflict: ({ mine }) => mine })).toEqualTypeOf<
      Sessions<Record<string, unknown>>
    >()
  })
})
