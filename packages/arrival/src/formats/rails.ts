import { createDecipheriv, pbkdf2Sync } from 'node:crypto'
import type { Arrival } from '@keepsake/core'
import { readFlag } from '@keepsake/core/adapter'
import { arrivalOf } from '../arrival.ts'
import { bytesOf, decoded, type Secret } from '../codecs/bytes.ts'
import { firstOf } from '../codecs/outcome.ts'
import { readerOf } from '../codecs/reader.ts'
import { asText, parseExact } from '../codecs/values.ts'
import { type ForeignSecrets, readForeignSecrets } from '../keys.ts'
import { type ArrivalOptions, type ForeignCookieOptions, needName } from '../options.ts'
import { type Flash, FORGED, MALFORMED, type Reader, UNSUPPORTED } from '../reading.ts'
import { asFields, type Fields, without } from '../text.ts'

export interface RailsOptions extends ArrivalOptions {
  /** `secret_key_base`, and those that `cookies.rotate` names. */
  readonly secretKeyBases: ForeignSecrets
  /** Its name is `_shop_session` if the application's name is Shop. */
  readonly cookie: ForeignCookieOptions & { readonly name: string }
  /**
   * `use_cookies_with_metadata`: false for an application of Rails 5.2, or one that has kept its defaults. Then any other encrypted
   * cookie of the application that contains an object is accepted as a session. Default true.
   */
  readonly useCookiesWithMetadata?: boolean | undefined
}

/**
 * Sessions of Rails 5.2 to 8 in its CookieStore with the serializer `:json`, or `:hybrid` if it has written JSON. Tries keys
 * derived with SHA-256, and with SHA-1 as before `load_defaults 7.0`.
 */
export function rails(options: RailsOptions): Arrival {
  const option = 'rails.useCookiesWithMetadata'
  return arrivalOf(
    {
      library: 'rails',
      cookie: '',
      options: ['secretKeyBases', 'useCookiesWithMetadata'],
      prepare({ secretKeyBases, useCookiesWithMetadata }, cookieName) {
        needName('rails', cookieName)
        return {
          read: readRails({
            secretKeyBases: bytesOf(readForeignSecrets('rails.secretKeyBases', secretKeyBases)),
            cookieName,
            purpose: readFlag(option, useCookiesWithMetadata, true) ? 'required' : 'optional',
          }),
        }
      },
    },
    options,
  )
}

/** The keys with which a Rails application encrypts its sessions. */
export interface RailsKeys {
  readonly secretKeyBases: readonly Secret[]
  /** The name of the cookie, which is its purpose. */
  readonly cookieName: string
  readonly purpose: 'required' | 'optional'
}

/** The digests of the key generator: the first since `load_defaults 7.0`, the second before. */
const DIGESTS = ['sha256', 'sha1'] as const

const SALT = 'authenticated encrypted cookie'
const ROUNDS = 1000
const IV_LENGTH = 12
const TAG_LENGTH = 16

/** Reads the cookie of Rails' CookieStore, AES-256-GCM, if its serializer writes JSON. Does not read Marshal and MessagePack. */
export function readRails({ secretKeyBases, cookieName, purpose }: RailsKeys): Reader {
  const keys = DIGESTS.flatMap((digest) =>
    secretKeyBases.map((secret) => pbkdf2Sync(secret, SALT, ROUNDS, 32, digest)),
  )
  return readerOf((value) => {
    const signed = decodeURIComponent(value)
    const parts = signed.split('--')
    const [box, iv, tag] = parts.map((text) => decoded(text, 'base64'))
    if (parts.length !== 3 || !box || iv?.length !== IV_LENGTH || tag?.length !== TAG_LENGTH) return MALFORMED
    const plain = firstOf(keys, (key) => {
      const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_LENGTH }).setAuthTag(tag)
      return Buffer.concat([decipher.update(box), decipher.final()])
    })
    if (plain === undefined) return FORGED
    const envelope = openEnvelope(plain.toString())
    if (envelope === undefined) return UNSUPPORTED
    const { pur, exp, message } = envelope
    const isMeant = pur === `cookie.${cookieName}` || (pur === null && purpose === 'optional')
    if (!isMeant) return FORGED
    const endsAt = exp === null ? undefined : Date.parse(asText(exp) ?? '') / 1000
    const data = without(message, (key) => SERVING.has(key))
    return { data, signed, endsAt, permanent: exp !== null, flash: flashesOf(message['flash']) }
  })
}

/** Keys that only Rails uses. */
const SERVING: ReadonlySet<string> = new Set(['session_id', '_csrf_token', 'flash'])

interface Envelope {
  readonly pur: unknown
  readonly exp: unknown
  readonly message: Fields
}

/** The content of Rails' envelope: `message`, the session's text in base64, or `data` since 7.1; the whole text without one. */
function openEnvelope(plain: string): Envelope | undefined {
  const outer = asFields(parseExact(plain))
  const envelope = asFields(outer?.['_rails'])
  if (outer === undefined || envelope === undefined) return outer && { pur: null, exp: null, message: outer }
  const { pur = null, exp = null, data } = envelope
  const message = asFields(data) ?? asFields(parseExact(textOf(envelope)))
  return message && { pur, exp, message }
}

const textOf = ({ data, message }: Fields): string =>
  asText(data) ?? decoded(asText(message) ?? '', 'base64')?.toString() ?? ''

/** Reads the messages, without those under `discard`, which were already shown. */
function flashesOf(value: unknown): Flash[] {
  const fields = asFields(value)
  const shown: unknown = fields?.['discard']
  const isShown = (category: string): boolean => Array.isArray(shown) && shown.includes(category)
  return Object.entries(asFields(fields?.['flashes']) ?? {}).flatMap(([category, message]) =>
    typeof message === 'string' && !isShown(category) ? [{ category, message }] : [],
  )
}
