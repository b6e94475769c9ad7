import type { Arrival } from '@keepsake/core'
import {
  type ArrivalOptions,
  authJs,
  django,
  flask,
  flaskSession,
  h3,
  ironSession,
  nextAuth,
  rails,
  secureSession,
} from '../../src/index.ts'
import { readVectors } from '../vectors/read.ts'

type Cookies = Readonly<Record<string, string>>

/** A library's session, its cookies, and the arrival that reads it. */
export interface Case {
  readonly library: string
  readonly cookies: Cookies
  readonly arrival: (common: Omit<ArrivalOptions, 'cookie'>) => Arrival
}

/** The keys for a reader of each format. */
interface Keys {
  readonly cookieName: string
  readonly keys: readonly string[]
  readonly password: string
  readonly passwords: Readonly<Record<string, string>>
  readonly secretKeyBases: readonly string[]
  readonly secretKeys: readonly string[]
  readonly secrets: readonly string[]
}

/** A vector of the newest version of the library. */
function vectorOf(format: string, name: string): { readonly value: string; readonly keys: Keys } {
  const found = readVectors<Keys>(format)
    .at(-1)
    ?.vectors.find((vector) => vector.name === name)
  if (found === undefined) throw new Error(`no vector ${name} of ${format}`)
  return found
}

/** Splits a cookie into chunks, counted from `first`. */
const chunksOf = (name: string, value: string, first: number): Cookies =>
  Object.fromEntries((value.match(/.{1,2000}/gs) ?? []).map((chunk, n) => [`${name}.${n + first}`, chunk]))

const only =
  <T>(id: string, record: T) =>
  async (asked: string): Promise<T | undefined> =>
    asked === id ? record : undefined

function flaskCases(): readonly Case[] {
  const { value, keys } = vectorOf('flask', 'what Flask-Login writes')
  const signed = vectorOf('flask-session', 'a signed id')
  const id = signed.value.slice(0, signed.value.indexOf('.'))
  const record = Buffer.from(
    vectorOf('flask-session-records', 'what Flask-Login writes, msgpack').value,
    'base64',
  )
  const readData = only(id, record)
  const { secretKeys } = signed.keys
  return [
    {
      library: 'Flask',
      cookies: { session: value },
      arrival: (common) => flask({ secretKeys: keys.secretKeys, ...common }),
    },
    {
      library: 'Flask-Session',
      cookies: { session: id },
      arrival: (common) => flaskSession({ readData, ...common }),
    },
    {
      library: 'Flask-Session with signed ids',
      cookies: { session: signed.value },
      arrival: (common) => flaskSession({ secretKeys, readData, ...common }),
    },
  ]
}

function djangoCases(): readonly Case[] {
  const { value, keys } = vectorOf('django', 'what a login writes')
  const { secretKeys } = keys
  const id = 'a0'.repeat(16)
  const readData = only(id, vectorOf('django-rows', 'what a login writes').value)
  return [
    {
      library: 'Django with signed cookies',
      cookies: { sessionid: value },
      arrival: (common) => django({ secretKeys, ...common }),
    },
    {
      library: 'Django with its table',
      cookies: { sessionid: id },
      arrival: (common) => django({ secretKeys, readData, ...common }),
    },
  ]
}

function ironCases(): readonly Case[] {
  const { value, keys } = vectorOf('iron-session', 'plain values')
  const chunked = vectorOf('iron-session', 'joined chunks')
  const sealed = vectorOf('h3', 'plain values without an expiry')
  const long = chunksOf('h3', vectorOf('h3', 'joined chunks').value, 1)
  const cookie = { name: 'shop' }
  const { password } = sealed.keys
  return [
    {
      library: 'iron-session',
      cookies: { shop: value },
      arrival: (common) => ironSession({ password: keys.passwords, cookie, ...common }),
    },
    {
      library: 'iron-session in chunks',
      cookies: chunksOf('shop', chunked.value, 0),
      arrival: (common) => ironSession({ password: chunked.keys.passwords['1'] ?? '', cookie, ...common }),
    },
    { library: 'h3', cookies: { h3: sealed.value }, arrival: (common) => h3({ password, ...common }) },
    {
      library: 'h3 in chunks',
      cookies: { h3: `__chunked__${Object.keys(long).length}`, ...long },
      arrival: (common) => h3({ password, ...common }),
    },
  ]
}

function tokenCases(): readonly Case[] {
  const plain = vectorOf('auth-js', 'plain values')
  const long = vectorOf('auth-js', 'a token of many chunks')
  const older = vectorOf('next-auth', 'plain values')
  const { cookieName, secrets } = plain.keys
  const cookie = { name: older.keys.cookieName }
  return [
    {
      library: 'Auth.js',
      cookies: { [cookieName]: plain.value },
      arrival: (common) => authJs({ secrets, ...common }),
    },
    {
      library: 'Auth.js in chunks',
      cookies: chunksOf(cookieName, long.value, 0),
      arrival: (common) => authJs({ secrets, ...common }),
    },
    {
      library: 'next-auth',
      cookies: { [cookie.name]: older.value },
      arrival: (common) => nextAuth({ secrets: older.keys.secrets, cookie, ...common }),
    },
  ]
}

function otherCases(): readonly Case[] {
  const sealed = vectorOf('secure-session', 'plain values')
  const { value, keys } = vectorOf('rails', 'plain values')
  const { cookieName, secretKeyBases } = keys
  const cookie = { name: cookieName }
  return [
    {
      library: '@fastify/secure-session',
      cookies: { session: sealed.value },
      arrival: (common) => secureSession({ keys: sealed.keys.keys, ...common }),
    },
    {
      library: 'Rails',
      cookies: { [cookieName]: value },
      arrival: (common) => rails({ secretKeyBases, cookie, ...common }),
    },
  ]
}

/** In each of them, the logged-in user has the number 7. */
export const CASES: readonly Case[] = [
  ...flaskCases(),
  ...djangoCases(),
  ...ironCases(),
  ...tokenCases(),
  ...otherCases(),
]
