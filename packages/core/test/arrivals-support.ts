import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Arrival, Foreign, ForeignSession, RefusedArrival } from '../src/cookie/arrival.ts'
import { readCookies } from '../src/cookie/read.ts'
import type { MaybePromise } from '../src/base/maybe-promise.ts'
import { BEGIN } from './store-support.ts'

/* A library that signs JSON. Its sessions may contain their start and their end. */

const KEY = 'of the other application'
const hmac = (text: string): Buffer => createHmac('sha256', KEY).update(text).digest()

/** The content of a session of the other library. */
export interface Old {
  readonly data?: object
  readonly user?: string
  readonly flash?: readonly (readonly [category: string, message: string])[]
  readonly permanent?: boolean
  readonly beganAt?: number
  readonly endsAt?: number
}

export interface ForeignOptions {
  readonly name?: string
  readonly leave?: boolean
  readonly until?: number
  /** Has the data in a store. */
  open?(old: Old): MaybePromise<ForeignSession | RefusedArrival>
  forget?(old: Old): Promise<void>
}

export interface ForeignLibrary extends Arrival {
  /** How many values were verified. */
  readonly reads: number
  /** A cookie as the other application sets it. */
  cookieFor(old: Old): string
}

/** A year later, by the tests' clock. */
export const UNTIL = BEGIN + 31_536_000

/** The session of a visitor with a cart. */
export const ADA: Old = { user: 'ada', data: { cart: ['book'] } }

export function foreignLibrary(options: ForeignOptions = {}): ForeignLibrary {
  const { name = 'old', leave = true, until = UNTIL, open = sessionOf, forget } = options
  let reads = 0

  function read(value: string): Foreign | RefusedArrival {
    reads++
    const [payload = '', signature = ''] = value.split('.')
    const given = Buffer.from(signature, 'base64url')
    if (given.length !== 32 || !timingSafeEqual(given, hmac(payload))) return { refused: 'forged' }
    const old = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Old
    return {
      signed: payload,
      beganAt: old.beganAt,
      endsAt: old.endsAt,
      open: () => open(old),
      forget: forget && (() => forget(old)),
    }
  }

  return {
    names: [name],
    until,
    leave,
    get reads() {
      return reads
    },
    read: (header) => (readCookies(header).get(name) ?? []).map(read),
    expiry: () => [`${name}=; Path=/; Max-Age=0`],
    cookieFor(old) {
      const payload = Buffer.from(JSON.stringify(old)).toString('base64url')
      return `${name}=${payload}.${hmac(payload).toString('base64url')}`
    },
  }
}

export const sessionOf = ({ data = {}, user, flash = [], permanent = false }: Old): ForeignSession => ({
  data,
  subject: user,
  flash: flash.map(([category, message]) => ({ category, message })),
  permanent,
})
