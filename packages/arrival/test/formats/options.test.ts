import type { Arrival } from '@keepsake/core'
import { describe, expect, it } from 'vitest'
import {
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

const until = '2036-01-01'
const secretKeys = 'theirs'
const secrets = 'theirs'
const readData = () => undefined
const shop = { name: '_shop_session' }
const key = Buffer.alloc(32, 1)
const as = (value: unknown): never => value as never

function refusedOption(make: () => unknown): unknown {
  try {
    make()
    return undefined
  } catch (error) {
    return (error as { option?: unknown }).option
  }
}

describe('the options of formats', () => {
  it.each<[string, () => Arrival]>([
    ['flask.secretKeys', () => flask(as({ until }))],
    ['flask.secretKeys[0]', () => flask({ secretKeys: [process.env['NOT_SET']], until })],
    ['flask.until', () => flask(as({ secretKeys }))],
    ['flask.lifetime', () => flask({ secretKeys, lifetime: as('a month'), until })],
    ['flask.lifetime', () => flask({ secretKeys, lifetime: 2_678_400_000, until })],
    ['flask.salt', () => flask({ secretKeys, salt: as(1), until })],
    ['flask.digest', () => flask({ secretKeys, digest: 'sha0', until })],
    ['flask.keyDerivation', () => flask({ secretKeys, keyDerivation: as('django'), until })],
    ['flask.readData', () => flask(as({ secretKeys, readData, until }))],
    ['flaskSession.readData', () => flaskSession({ until })],
    ['flaskSession.readData', () => flaskSession({ readData: as('session:'), until })],
    ['flaskSession.deleteData', () => flaskSession({ deleteData: () => undefined, until })],
    ['flaskSession.secretKeys', () => flaskSession({ secretKeys: '', readData, until })],
    ['django.secretKeys', () => django(as({ until }))],
    ['django.lifetime', () => django({ secretKeys, lifetime: -1, until })],
    ['django.deleteData', () => django({ secretKeys, deleteData: () => undefined, until })],
    ['rails.secretKeyBases', () => rails(as({ cookie: shop, until }))],
    ['rails.cookie.name', () => rails(as({ secretKeyBases: secrets, until }))],
    ['rails.cookie.name', () => rails({ secretKeyBases: secrets, cookie: { name: '' }, until })],
    [
      'rails.useCookiesWithMetadata',
      () => rails({ secretKeyBases: secrets, cookie: shop, useCookiesWithMetadata: as('no'), until }),
    ],
    ['ironSession.password', () => ironSession(as({ cookie: shop, until }))],
    ['ironSession.password', () => ironSession({ password: {}, cookie: shop, until })],
    ['ironSession.password', () => ironSession({ password: { 1: as(undefined) }, cookie: shop, until })],
    ['ironSession.password', () => ironSession({ password: as(['theirs']), cookie: shop, until })],
    ['ironSession.ttl', () => ironSession({ password: 'theirs', ttl: as(null), cookie: shop, until })],
    ['ironSession.cookie.name', () => ironSession(as({ password: 'theirs', until }))],
    ['h3.password', () => h3(as({ until }))],
    ['h3.password', () => h3({ password: as(['theirs']), until })],
    ['h3.maxAge', () => h3({ password: 'theirs', maxAge: as('week'), until })],
    ['h3.idleTimeout', () => h3({ password: 'theirs', idleTimeout: as({}), until })],
    ['h3.rounds', () => h3({ password: 'theirs', rounds: as(2), until })],
    ['authJs.secrets', () => authJs(as({ until }))],
    ['nextAuth.secrets[1]', () => nextAuth({ secrets: [secrets, undefined], until })],
    ['secureSession.keys', () => secureSession(as({ until }))],
    ['secureSession.keys', () => secureSession({ keys: [], until })],
    ['secureSession.keys', () => secureSession({ keys: [key, key.subarray(1)], until })],
    ['secureSession.keys', () => secureSession({ keys: key.toString('base64url'), until })],
    ['secureSession.expiry', () => secureSession({ keys: key, expiry: as('long'), until })],
  ])('cause an error that names %s if it is wrong', (option, make) => {
    expect(refusedOption(make)).toBe(option)
  })

  it.each<[string, () => Arrival]>([
    ['bytes for a secret', () => flask({ secretKeys: key, until })],
    ['several secrets', () => django({ secretKeys: ['one', key], until })],
    ['one password', () => ironSession({ password: 'theirs', cookie: shop, until })],
    ['a seal that does not expire', () => ironSession({ password: 'theirs', ttl: 0, cookie: shop, until })],
    ['a key in base64', () => secureSession({ keys: key.toString('base64'), until })],
    ['several keys', () => secureSession({ keys: [key, key.toString('base64')], until })],
  ])('accept %s', (_, make) => {
    expect(refusedOption(make)).toBeUndefined()
  })
})
