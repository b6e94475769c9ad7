import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto'
import { sealerOf } from '../crypto/seal.ts'
import { derive, type Secrets } from '../crypto/secrets.ts'
import { contextOf, MAX_TOKEN_CHARS, SID_BYTES } from '../crypto/token.ts'
import { createRandomPool } from '../base/random.ts'
import { MAX_TIME } from '../base/time.ts'

/** How a text is carried as a cookie's value. */
export interface Protection {
  /** The value for a text. `expires`: the epoch second from which a sealed one does not open any more. */
  wrap(text: string, expires?: number): string
  /** The text of a value, or undefined if this server did not write it, or it has expired. */
  unwrap(value: string): string | undefined
}

/** Unchanged, for text that is already a valid cookie value. */
export const bare: Protection = Object.freeze<Protection>({
  wrap: (text) => text,
  unwrap: (value) => value,
})

/** Percent-encoded where necessary (RFC 3986 §2.1), and decoded once. */
export const percentEncoded: Protection = Object.freeze<Protection>({
  wrap: (text) => encodeURIComponent(text),
  unwrap(value) {
    try {
      return decodeURIComponent(value)
    } catch {
      return undefined
    }
  },
})

/**
 * Everyone can read it, only we can write it: the encoded text, a dot, and an HMAC-SHA-256 of the cookie's name and
 * that text, under its own key. It does not expire: a copy is accepted for as long as the secret is configured.
 */
export function signed(secrets: Secrets, name: string): Protection {
  const context = contextOf('signed', name, '')
  const keyOf = (secret: KeyObject): KeyObject => createSecretKey(derive(secret, 'sign', context, 32))
  const newest = keyOf(secrets[0])
  const keys = [newest, ...secrets.slice(1).map(keyOf)]
  return Object.freeze<Protection>({
    wrap(text) {
      const encoded = percentEncoded.wrap(text)
      return `${encoded}.${macOf(newest, context, encoded).toString('base64url')}`
    },
    unwrap(value) {
      const dot = value.lastIndexOf('.')
      const encoded = value.slice(0, Math.max(dot, 0))
      const mac = readMac(value.slice(dot + 1))
      if (dot < 0 || mac === undefined) return undefined
      const isOurs = keys.some((key) => timingSafeEqual(macOf(key, context, encoded), mac))
      return isOurs ? percentEncoded.unwrap(encoded) : undefined
    },
  })
}

function macOf(key: KeyObject, context: Buffer, encoded: string): Buffer {
  return createHmac('sha256', key).update(context).update(encoded).digest()
}

const MAC_BYTES = 32

/** Accepts only one spelling: Node's decoder accepts others too. */
function readMac(text: string): Buffer | undefined {
  const mac = Buffer.from(text, 'base64url')
  return mac.length === MAC_BYTES && mac.toString('base64url') === text ? mac : undefined
}

const now = (): number => Math.floor(Date.now() / 1000)

/** Only this application can read and write it, in the token format of sessions. A copy expires with the cookie. */
export function sealed(secrets: Secrets, name: string): Protection {
  const sealer = sealerOf(secrets, contextOf('value', name, ''), MAX_TOKEN_CHARS.cookie, createRandomPool())
  const sid = Buffer.alloc(SID_BYTES)
  return Object.freeze<Protection>({
    wrap(text, expires = MAX_TIME) {
      const created = now()
      // An expiry before 1970 is replaced by 1970, where the seal's times begin.
      return sealer.seal({
        created,
        issued: created,
        expires: Math.max(0, expires),
        permanent: false,
        sid,
        text,
      })
    },
    unwrap(value) {
      const opened = sealer.open(value)
      return opened.ok && now() < opened.fields.expires ? opened.fields.text : undefined
    },
  })
}
