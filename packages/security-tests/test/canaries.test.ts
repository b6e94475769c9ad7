import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { createHash } from 'node:crypto'
import { inspect } from 'node:util'
import {
  createCookie,
  createSessions,
  memoryStore,
  readCookies,
  type Session,
  SESSION_CHANNEL,
} from '@keepsake/core'
import { allowedOrigins, chooserOf, openVisit, readGuardRules } from '@keepsake/core/adapter'
import { createSealer } from '@keepsake/core/sealer'
import { crossOriginGuard as expressGuard, session as expressSession } from '@keepsake/express'
import { crossOriginGuard as fastifyGuard, session as fastifySession } from '@keepsake/fastify'
import { crossOriginGuard as fetchGuard, withSession as fetchWithSession } from '@keepsake/fetch'
import { crossOriginGuard as honoGuard, session as honoSession } from '@keepsake/hono'
import { crossOriginGuard as koaGuard, session as koaSession } from '@keepsake/koa'
import { createGuard, crossOriginGuard, withSession } from '@keepsake/node-http'
import { fileStore } from '@keepsake/store-file'
import { postgresStore } from '@keepsake/store-postgres'
import { redisStore } from '@keepsake/store-redis'
import { sqliteStore } from '@keepsake/store-sqlite'
import { describe, expect, it } from 'vitest'

const SECRET = createHash('sha256').update('canaries').digest('base64url')
/** A secret, and a database URL with a password. */
const CANARY = 'hush0canary'
const ADDRESS = `redis://user:${CANARY}@host:6379/0`

/** Misplaced values in each type that a caller may pass. */
const SHAPES: Readonly<Record<string, () => unknown>> = {
  'a text': () => CANARY,
  'an address': () => ADDRESS,
  'a long text': () => `${CANARY}-`.repeat(20),
  'half a surrogate pair': () => `${CANARY}\uD800`,
  'a text with a line break': () => `${CANARY}\r\nSet-Cookie: a=1`,
  'a prefix': () => `__host-${CANARY}`,
  'an origin': () => `https://${CANARY}/path`,
  'a wrong host': () => `https://${CANARY}..:99999`,
  'a list': () => [CANARY],
  'a list of lists': () => [[CANARY], { [CANARY]: CANARY }],
  'an object': () => ({ password: CANARY }),
  'an object with a long key': () => ({ [`${CANARY}${'x'.repeat(20)}`]: 1 }),
  'a promise': () => Promise.resolve(CANARY),
  'a function': () => Object.assign(() => CANARY, { [`${CANARY}${'x'.repeat(20)}`]: 1 }),
  'a symbol': () => Symbol(CANARY),
  'an error': () => new Error(CANARY),
  'an object with toString and toJSON': () => ({
    toString: () => CANARY,
    toJSON: () => CANARY,
    [inspect.custom]: () => CANARY,
    [Symbol.toStringTag]: CANARY,
  }),
}

type Call = (options: unknown) => unknown
/** An argument of any type, as callers without TypeScript may pass it. */
const anything = (value: unknown): never => value as never
const good = { secrets: [SECRET], revocation: 'none' as const }
const client = {
  evalsha: async () => 1,
  eval: async () => 1,
  get: async () => null,
  subscribe: async () => 1,
}
const pool = { query: async () => ({ rows: [] }) }

/** Every function with options: how to call it, valid options, and the options to replace. */
const CALLS: Readonly<Record<string, readonly [call: Call, options: object, names: readonly string[]]>> = {
  createSessions: [
    (options) => createSessions(anything(options)),
    good,
    [
      'secrets',
      'cookie',
      'lifetime',
      'audience',
      'store',
      'overflow',
      'revocation',
      'revocationCache',
      'maxPerSubject',
      'deviceBound',
      'storeTimeLimit',
      'whenStoreFails',
      'onConflict',
      'log',
      'now',
    ],
  ],
  'createSessions, option cookie': [
    (cookie) => createSessions({ ...good, cookie: anything(cookie) }),
    {},
    ['name', 'domain', 'path', 'sameSite', 'partitioned', 'priority', 'insecure'],
  ],
  'createSessions, option lifetime': [
    (lifetime) => createSessions({ ...good, lifetime: anything(lifetime) }),
    {},
    ['idle', 'absolute', 'permanent'],
  ],
  'createSessions, option deviceBound': [
    (deviceBound) => createSessions({ ...good, deviceBound: anything(deviceBound) }),
    {},
    ['cookieAge', 'path', 'require', 'onCopied'],
  ],
  createCookie: [
    (options) => createCookie('a', anything(options)),
    {},
    [
      'maxAge',
      'expires',
      'domain',
      'path',
      'secure',
      'httpOnly',
      'sameSite',
      'partitioned',
      'priority',
      'signed',
      'sealed',
      'json',
      'schema',
    ],
  ],
  'createCookie, argument name': [(name) => createCookie(anything(name)), {}, []],
  'the write options of a cookie': [
    (options) => createCookie('a').write('b', anything(options)),
    {},
    ['maxAge'],
  ],
  'the value of a cookie': [(value) => createCookie('a').write(anything(value)), {}, []],
  'the value of a JSON cookie': [
    (value) => createCookie('a', { json: true }).write(anything({ value, circle: [value, 1n] })),
    {},
    [],
  ],
  createSealer: [
    (options) => createSealer(anything(options)),
    { secrets: [SECRET], name: 'a' },
    ['secrets', 'purpose', 'name', 'audience'],
  ],
  memoryStore: [(options) => memoryStore(anything(options)), {}, ['max', 'now']],
  fileStore: [(options) => fileStore(anything(options)), { directory: 'a' }, ['directory', 'now']],
  sqliteStore: [
    (options) => sqliteStore(anything(options)),
    { path: ':memory:' },
    ['path', 'database', 'table', 'now'],
  ],
  postgresStore: [
    (options) => postgresStore(pool, anything(options)),
    {},
    ['table', 'unlogged', 'listener', 'now'],
  ],
  'postgresStore, argument pool': [(given) => postgresStore(anything(given)), {}, []],
  redisStore: [(options) => redisStore(anything(client), anything(options)), {}, ['prefix', 'subscriber']],
  'redisStore, argument client': [(given) => redisStore(anything(given)), {}, []],
  readGuardRules: [(options) => readGuardRules(anything(options)), {}, ['origins', 'token']],
  createGuard: [(options) => createGuard(anything(options)), {}, ['origins', 'token']],
  'crossOriginGuard of node:http': [
    (options) => crossOriginGuard(anything(options)),
    {},
    ['origins', 'token'],
  ],
  'crossOriginGuard of Express': [(options) => expressGuard(anything(options)), {}, ['origins', 'token']],
  'crossOriginGuard of Koa': [(options) => koaGuard(anything(options)), {}, ['origins', 'token']],
  allowedOrigins: [(origins) => allowedOrigins(anything(origins)), {}, []],
  withSession: [
    (options) => withSession(createSessions(good), () => undefined, anything(options)),
    {},
    ['fail', 'extend'],
  ],
  'session of Express': [(options) => expressSession(good, anything(options)), {}, ['skip', 'extend']],
  'session of Express, argument sessions': [(given) => expressSession(anything(given)), {}, []],
  'session of Koa': [(options) => koaSession(good, anything(options)), {}, ['skip', 'extend']],
  'session of Koa, argument sessions': [(given) => koaSession(anything(given)), {}, []],
  'withSession of fetch': [
    (options) => fetchWithSession(createSessions(good), () => new Response(), anything(options)),
    {},
    ['fail', 'extend'],
  ],
  'crossOriginGuard of fetch': [(options) => fetchGuard(anything(options)), {}, ['origins', 'token']],
  'session of Fastify': [(options) => fastifySession(good, anything(options)), {}, ['skip', 'extend']],
  'session of Fastify, argument sessions': [(given) => fastifySession(anything(given)), {}, []],
  'crossOriginGuard of Fastify': [(options) => fastifyGuard(anything(options)), {}, ['origins', 'token']],
  'session of Hono': [(options) => honoSession(good, anything(options)), {}, ['skip', 'extend']],
  'session of Hono, argument sessions': [(given) => honoSession(anything(given)), {}, []],
  'crossOriginGuard of Hono': [(options) => honoGuard(anything(options)), {}, ['origins', 'token']],
  chooserOf: [(given) => chooserOf(anything(given), createSessions), {}, []],
  openVisit: [(given) => openVisit(anything(given), ''), {}, []],
  readCookies: [(given) => readCookies(anything(given)), {}, []],
  open: [(options) => createSessions(good).open('', anything(options)), {}, ['extend']],
  listFor: [
    (options) => createSessions({ ...good, store: memoryStore() }).listFor('a', anything(options)),
    {},
    ['current'],
  ],
  revoke: [
    (options) => createSessions({ secrets: [SECRET], store: memoryStore() }).revoke('a', anything(options)),
    {},
    ['subject'],
  ],
  revokeAll: [
    (options) =>
      createSessions({ secrets: [SECRET], store: memoryStore() }).revokeAll('a', anything(options)),
    {},
    ['except'],
  ],
  login: [inSession((session, options) => session.login('a', anything(options))), {}, ['keep', 'label']],
  'login, argument subject': [inSession((session, subject) => session.login(anything(subject))), {}, []],
  logout: [
    inSession((session, options) => session.logout(anything(options))),
    {},
    ['everywhere', 'clearSiteData'],
  ],
  expire: [inSession((session, duration) => session.expire('a', anything(duration))), {}, []],
  'expire, argument key': [inSession((session, key) => session.expire(anything(key), 1)), {}, []],
  isFresh: [
    inSession((session, asked) => session.isFresh(anything(asked))),
    { bound: true },
    ['within', 'bound'],
  ],
  permanent: [inSession((session, value) => (session.permanent = anything(value))), {}, []],
  flash: [inSession((session, category) => session.flash(anything(category), 'a')), {}, []],
  'flash, argument message': [inSession((session, message) => session.flash('a', anything(message))), {}, []],
}

function inSession(use: (session: Session, given: unknown) => unknown): Call {
  return async (given) => {
    const { session } = await createSessions(good).open('')
    return use(session, given)
  }
}

/** Every representation of a thrown value that a program could print. */
const textOf = (error: unknown): string => {
  const own = error instanceof Error ? Object.values(Object.getOwnPropertyDescriptors(error)) : []
  return [
    String(error),
    inspect(error, { depth: 9, showHidden: true }),
    ...own.map(({ value }) => String(value)),
  ].join('\n')
}

/** All output of a call: errors, warnings and events. */
async function saidBy(work: () => unknown): Promise<string> {
  const said: unknown[] = []
  const listen = (what: unknown): void => void said.push(what)
  process.on('warning', listen)
  process.on('unhandledRejection', listen)
  subscribe(SESSION_CHANNEL, listen)
  try {
    await work()
  } catch (error) {
    listen(error)
  }
  await new Promise(setImmediate)
  process.off('warning', listen)
  process.off('unhandledRejection', listen)
  unsubscribe(SESSION_CHANNEL, listen)
  return said.map(textOf).join('\n')
}

describe('a misplaced value (R62)', () => {
  it.each(Object.keys(CALLS))('does not appear in an error, warning or event: %s', async (name) => {
    const [call, options, names] = CALLS[name] ?? [() => undefined, {}, []]
    const leaks: string[] = []
    for (const [shape, value] of Object.entries(SHAPES)) {
      const places: (readonly [string, () => unknown])[] = [
        ['instead of all arguments', () => call(value())],
        ...names.map((option) => [option, () => call({ ...options, [option]: value() })] as const),
        ['as another option', () => call({ ...options, [`x${CANARY}${'x'.repeat(20)}`]: value() })],
        ['spread', () => call({ ...options, ...(value() as object) })],
      ]
      for (const [place, work] of places) {
        const said = await saidBy(work)
        if (said.includes(CANARY)) leaks.push(`${shape}, ${place}: ${said.slice(0, 300)}`)
      }
    }
    expect(leaks).toEqual([])
  })

  it('in session data does not appear in an error or event, which name only its keys', async () => {
    const keep = inSession((session, value) => {
      session['data'] = { value, list: [value, () => value, Number.NaN] }
      return session.save()
    })
    for (const value of Object.values(SHAPES)) {
      const said = await saidBy(() => keep(value()))
      expect(said).toContain('data.')
      expect(said).not.toContain(CANARY)
    }
  })

  it('is rejected with an error, and this search would find it in one', async () => {
    expect(await saidBy(() => createSessions(anything(CANARY)))).toContain('ConfigError')
    expect(
      await saidBy(() => {
        throw new TypeError(`got ${CANARY}`)
      }),
    ).toContain(CANARY)
  })
})
