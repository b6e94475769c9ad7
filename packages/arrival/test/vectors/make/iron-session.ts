/* Makes ../iron-session-VERSION.json: `node iron-session.ts`. */
import { getIronSession as getSession9, webCookies } from 'iron-session'
import { getIronSession as getSession8, sealData } from 'iron-session-8'
import type { Vector } from '../read.ts'
import { at, NOW, valueOf, writeVectors } from './file.ts'

interface Keys {
  readonly passwords: Readonly<Record<string, string>>
  readonly ttl: number
}

interface Case extends Keys {
  readonly data: Readonly<Record<string, unknown>>
  readonly at: number
}

type Seal = (options: Case) => Promise<string>

const NAME = 'shop'
const PASSWORDS = { 1: 'a password of at least thirty-two characters' }
const ROTATED = { ...PASSWORDS, 2: 'another password of at least thirty-two characters' }
const TTL = 14 * 86_400

const optionsOf = ({ passwords, ttl }: Keys) => ({ cookieName: NAME, password: { ...passwords }, ttl })

async function seal8({ data, ...options }: Case): Promise<string> {
  const response = new Response()
  const session = await getSession8(new Request('https://shop.example'), response, optionsOf(options))
  Object.assign(session, data)
  await session.save()
  return valueOf(response.headers.getSetCookie(), NAME)
}

async function seal9({ data, ...options }: Case): Promise<string> {
  const headers = new Headers()
  const session = await getSession9(
    webCookies(new Request('https://shop.example'), headers),
    { ...optionsOf(options), chunk: true },
  )
  Object.assign(session, data)
  await session.save()
  const lines = headers.getSetCookie()
  if (lines.length === 1) return valueOf(lines, NAME)
  return lines.map((_, number) => valueOf(lines, `${NAME}.${number}`)).join('')
}

async function vectorsOf(seal: Seal): Promise<Vector<Keys>[]> {
  const vectors: Vector<Keys>[] = []
  async function add(name: string, change: Partial<Case>, reads?: object, read: Partial<Keys> = {}): Promise<string> {
    const settings = { passwords: PASSWORDS, ttl: TTL, data: { user: 7, name: 'Ada – größer' }, at: NOW, ...change }
    const value = await at(settings.at, () => seal(settings))
    const { passwords, ttl } = { ...settings, ...read }
    const end = settings.at + settings.ttl
    const beganAt = end - ttl > NOW ? {} : { beganAt: Math.floor(end - ttl) }
    const ends = settings.ttl === 0 ? {} : { ...beganAt, endsAt: Math.ceil(end + 60) }
    const all = reads ?? { data: settings.data, ...ends, permanent: true }
    vectors.push({ name, value, keys: { passwords, ttl }, reads: all as Vector<Keys>['reads'] })
    return value
  }
  const plain = await add('plain values', {})
  await add('a list as the only data', { data: { list: [1, { a: null }] } })
  await add('the newest of two passwords', { passwords: ROTATED })
  await add('the older of two passwords', {}, undefined, { passwords: ROTATED })
  await add('a removed password', { passwords: ROTATED }, { refused: 'forged' }, { passwords: PASSWORDS })
  await add('another password with the same id', { passwords: { 1: ROTATED[2] } }, { refused: 'forged' }, { passwords: PASSWORDS })
  await add('no expiry', { ttl: 0 })
  await add('a time with milliseconds', { at: NOW - 0.25 })
  await add('its expiry, within the tolerance', { at: NOW - TTL - 59 })
  await add('its expiry, after the tolerance', { at: NOW - TTL - 60 }, { refused: 'expired' })
  await add('a clock that is an hour ahead, so that the start is unknown', { at: NOW + 3600 })
  await add('a longer time to live than the reader knows', { ttl: 2 * TTL }, undefined, { ttl: TTL })
  await add('a shorter time to live than the reader knows', { ttl: TTL / 2 }, undefined, { ttl: TTL })

  const reads = { data: { user: 7, name: 'Ada – größer' }, beganAt: NOW, endsAt: NOW + TTL + 60, permanent: true }
  const keys = { passwords: PASSWORDS, ttl: TTL }
  const [bare = ''] = plain.split('~')
  vectors.push({ name: 'no mark of the version', value: bare, keys, reads })
  vectors.push({ name: 'another mark of the version', value: `${bare}~1`, keys, reads })
  // iron-session 6 stored the data under this name. Version 8 unwraps it if the unsigned mark is missing, and 9 never does.
  const persistent = { persistent: { user: 1 } }
  const old = await at(NOW, () => sealData(persistent, { password: PASSWORDS, ttl: TTL }))
  vectors.push({ name: 'what iron-session 6 wrapped', value: old.replace('~2', ''), keys, reads: { ...reads, data: persistent } })
  const parts = bare.split('*')
  const withPart = (number: number, text: string): string => parts.with(number, text).join('*')
  const refuse = (name: string, value: string, refused: string): number =>
    vectors.push({ name, value, keys, reads: { refused } })
  refuse('another time of expiry', withPart(5, String((NOW + 10 * TTL) * 1000)), 'forged')
  refuse('the password of another id', withPart(1, '2'), 'forged')
  refuse('an id that is a property name of every object', withPart(1, 'constructor'), 'forged')
  refuse('a truncated signature', withPart(7, parts[7]?.slice(0, -1) ?? ''), 'malformed')
  refuse('an invalid salt', withPart(6, 'x'), 'malformed')
  refuse('an expiry that is not a number', withPart(5, '1e9'), 'malformed')
  refuse('half a block in the box', withPart(4, 'A'.repeat(32)), 'malformed')
  refuse('nothing in the box', withPart(4, ''), 'malformed')
  refuse('nine parts', `${bare}*`, 'malformed')
  return vectors
}

const long = { user: 7, ids: Array.from({ length: 300 }, (_, number) => `item ${number}`) }
writeVectors('iron-session', 'iron-session-8', await vectorsOf(seal8))
const vectors = await vectorsOf(seal9)
const chunked = { data: long, passwords: PASSWORDS, ttl: TTL, at: NOW }
vectors.push({
  name: 'joined chunks',
  value: await at(NOW, () => seal9(chunked)),
  keys: { passwords: PASSWORDS, ttl: TTL },
  reads: { data: long, beganAt: NOW, endsAt: NOW + TTL + 60, permanent: true },
})
writeVectors('iron-session', 'iron-session', vectors)
