/* Makes ../h3-VERSION.json with h3 v1 and v2: `node h3.ts`. */
import { H3, useSession as useSession2 } from 'h3'
import { createApp, defineEventHandler, toWebHandler, useSession as useSession1 } from 'h3-v1'
import type { Vector } from '../read.ts'
import { at, NOW, valueOf, writeVectors } from './file.ts'

/** The configuration of h3, and the PBKDF2 rounds that a reader tries. */
interface Keys {
  readonly password: string
  readonly maxAge?: number
  readonly idleTimeout?: number
  readonly rounds?: readonly number[]
}

type Data = Readonly<Record<string, unknown>>

/** Sends a request with these cookies that puts this data into its session. Returns the `Set-Cookie` lines. */
type Visit = (config: Keys, data: Data, cookie?: string) => Promise<readonly string[]>

const PASSWORD = 'a password of at least thirty-two characters'
const DATA = { user: 7, name: 'Ada – größer' }
const ORIGIN = 'https://shop.example/'
const DAY = 86_400
const TOLERANCE = 60

const visit1: Visit = async (config, data, cookie = '') => {
  const app = createApp().use(
    defineEventHandler(async (event) => {
      await (await useSession1(event, config)).update(data)
      return ''
    }),
  )
  const response = await toWebHandler(app)(new Request(ORIGIN, { headers: { cookie } }))
  return response.headers.getSetCookie()
}

const visit2: Visit = async (config, data, cookie = '') => {
  const app = new H3().get('/', async (event) => {
    await (await useSession2(event, config)).update(data)
    return ''
  })
  const response = await app.request(ORIGIN, { headers: { cookie } })
  return response.headers.getSetCookie()
}

/** The whole value, as a reader gets it. */
function joined(lines: readonly string[]): string {
  const value = valueOf(lines, 'h3')
  const [, count] = /^__chunked__(\d+)$/.exec(value) ?? []
  if (count === undefined) return value
  return Array.from({ length: Number(count) }, (_, number) => valueOf(lines, `h3.${number + 1}`)).join('')
}

const read = (change: object = {}): object => ({ data: DATA, beganAt: NOW, permanent: false, ...change })

async function vectorsOf(visit: Visit, rounds: number): Promise<Vector<Keys>[]> {
  const vectors: Vector<Keys>[] = []
  const plainKeys: Keys = { password: PASSWORD }
  const put = (name: string, value: string, keys: Keys, reads: object): number =>
    vectors.push({ name, value, keys, reads: reads as Data })
  const make = async (keys: Keys = plainKeys, time = NOW, data: Data = DATA): Promise<string> =>
    joined(await at(time, () => visit(keys, data)))

  const plain = await make()
  put('plain values without an expiry', plain, plainKeys, read())
  put('these rounds alone', plain, { ...plainKeys, rounds: [rounds] }, read())
  put('other rounds', plain, { ...plainKeys, rounds: [rounds === 1 ? 8192 : 1] }, { refused: 'forged' })
  const lasting = { ...plainKeys, maxAge: DAY }
  const ended = { permanent: true, endsAt: NOW + DAY }
  put('an age', await make(lasting), lasting, read(ended))
  put('a time with milliseconds', await make(lasting, NOW - 0.25), lasting, read({ ...ended, beganAt: NOW - 1 }))
  put('its last second', await make(lasting, NOW - DAY + 1), lasting, read({ ...ended, beganAt: NOW - DAY + 1, endsAt: NOW + 1 }))
  put('its expiry', await make(lasting, NOW - DAY), lasting, { refused: 'expired' })
  put('a maxAge that counts from the start, although the seal is newer', await renewed(lasting), lasting, { refused: 'expired' })
  put('a maxAge that was set later', await make(plainKeys, NOW - DAY), lasting, { refused: 'expired' })
  put('an expired seal, whatever the current maxAge', await make(lasting, NOW - DAY - TOLERANCE), plainKeys, { refused: 'expired' })
  const idle = { ...plainKeys, idleTimeout: DAY }
  put('an idle timeout', await make(idle), idle, read({ permanent: true, endsAt: NOW + DAY }))
  put('an exceeded idle timeout', await make(idle, NOW - DAY), idle, { refused: 'expired' })
  if (visit === visit2) {
    const first = await make(idle, NOW - DAY - 60)
    const visited = joined(await at(NOW - 60, () => visit(idle, DATA, `h3=${first}`)))
    const both = { ...plainKeys, maxAge: DAY, idleTimeout: DAY }
    const old = await make(both, NOW - DAY)
    const seen = joined(await at(NOW - 60, () => visit(both, DATA, `h3=${old}`)))
    put('a last visit, which does not extend maxAge', seen, both, { refused: 'expired' })
    put('a last visit', visited, idle, read({ permanent: true, beganAt: NOW - DAY - 60, endsAt: NOW - 60 + DAY }))
  }
  put('joined chunks', await make(plainKeys, NOW, long), plainKeys, read({ data: long }))
  put('another password', await make({ password: `${PASSWORD}, another` }), plainKeys, { refused: 'forged' })
  put('the future', await make(plainKeys, NOW + 3600), plainKeys, { refused: 'malformed' })
  put('a mark after the seal', `${plain}~2`, plainKeys, { refused: 'malformed' })
  put('an id of another password', plain.replace('Fe26.2**', 'Fe26.2*1*'), plainKeys, { refused: 'forged' })
  put('the mark of chunks', '__chunked__2', plainKeys, { refused: 'malformed' })
  return vectors

  /** A session from yesterday that was sealed again a second ago. */
  async function renewed(keys: Keys): Promise<string> {
    const first = await make(keys, NOW - DAY)
    return joined(await at(NOW - 1, () => visit(keys, { user: 8 }, `h3=${first}`)))
  }
}

const long = { user: 7, ids: Array.from({ length: 300 }, (_, number) => `item ${number}`) }
writeVectors('h3', 'h3-v1', await vectorsOf(visit1, 1))
writeVectors('h3', 'h3', await vectorsOf(visit2, 8192))
