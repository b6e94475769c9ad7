import { hkdfSync } from 'node:crypto'
import type { Arrival } from '@keepsake/core'
import { arrivalOf } from '../arrival.ts'
import { bytesOf, type Secret } from '../codecs/bytes.ts'
import { type JweKeys, openJwe } from '../codecs/jwe.ts'
import { readerOf } from '../codecs/reader.ts'
import { asNumber } from '../codecs/values.ts'
import { PARTS } from '../cookie-parts.ts'
import { type ForeignSecrets, readForeignSecrets } from '../keys.ts'
import type { ArrivalOptions } from '../options.ts'
import { isRefused, type Reader } from '../reading.ts'
import { without } from '../text.ts'

export interface AuthJsOptions extends ArrivalOptions {
  /** AUTH_SECRET, or all of `secret`. */
  readonly secrets: ForeignSecrets
}

/**
 * Sessions of Auth.js 5 with the strategy `jwt`. Their key depends on the cookie's name: without https it is
 * `authjs.session-token`.
 */
export function authJs(options: AuthJsOptions): Arrival {
  return arrivalOf(
    {
      library: 'authJs',
      cookie: '__Secure-authjs.session-token',
      parts: PARTS.chunked,
      options: ['secrets'],
      prepare: ({ secrets }, cookieName) => ({
        read: readAuthJs({ secrets: bytesOf(readForeignSecrets('authJs.secrets', secrets)), cookieName }),
      }),
    },
    options,
  )
}

export interface NextAuthOptions extends ArrivalOptions {
  /** NEXTAUTH_SECRET. */
  readonly secrets: ForeignSecrets
}

/** Sessions of next-auth 4 with the strategy `jwt`. Without https their cookie is `next-auth.session-token`. */
export function nextAuth(options: NextAuthOptions): Arrival {
  return arrivalOf(
    {
      library: 'nextAuth',
      cookie: '__Secure-next-auth.session-token',
      parts: PARTS.chunked,
      options: ['secrets'],
      prepare: ({ secrets }) => ({
        read: readNextAuth({ secrets: bytesOf(readForeignSecrets('nextAuth.secrets', secrets)) }),
      }),
    },
    options,
  )
}

/** The keys with which an application of Auth.js 5 encrypts its tokens. */
export interface AuthJsKeys {
  /** AUTH_SECRET, newest first. */
  readonly secrets: readonly Secret[]
  /** The name of the cookie without a chunk's number; the key is derived from it. */
  readonly cookieName: string
}

/** Reads the token of Auth.js 5 with the strategy `jwt`, after its chunks are joined. */
export function readAuthJs({ secrets, cookieName }: AuthJsKeys): Reader {
  const keysOf = (length: number) =>
    secrets.map((secret) =>
      derived(secret, cookieName, `Auth.js Generated Encryption Key (${cookieName})`, length),
    )
  return readToken(
    new Map([
      ['A256CBC-HS512', keysOf(64)],
      ['A256GCM', keysOf(32)],
    ]),
  )
}

/** The keys with which an application of next-auth 4 encrypts its tokens. */
export interface NextAuthKeys {
  /** NEXTAUTH_SECRET, newest first. */
  readonly secrets: readonly Secret[]
}

/** Reads the token of next-auth 4 with the strategy `jwt`, after its chunks are joined. */
export function readNextAuth({ secrets }: NextAuthKeys): Reader {
  const keys = secrets.map((secret) => derived(secret, '', 'NextAuth.js Generated Encryption Key', 32))
  return readToken(new Map([['A256GCM', keys]]))
}

const derived = (secret: Secret, salt: string, info: string, length: number): Uint8Array =>
  Buffer.from(hkdfSync('sha256', secret, salt, info, length))

/** Claims about the token itself. */
const SERVING: ReadonlySet<string> = new Set(['iat', 'exp', 'jti'])
/** How long after its expiry the libraries still open a token, in seconds. */
const TOLERANCE = 15

function readToken(keys: JweKeys): Reader {
  return readerOf((value) => {
    const opened = openJwe(value, keys)
    if (isRefused(opened)) return opened
    const { fields } = opened
    const end = asNumber(fields['exp'])
    return {
      data: without(fields, (key) => SERVING.has(key)),
      signed: value,
      beganAt: asNumber(fields['iat']),
      endsAt: end && end + TOLERANCE,
      permanent: true,
    }
  })
}
