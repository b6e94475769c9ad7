import { createDecipheriv, pbkdf2Sync } from 'node:crypto'
import { parseJson } from '@keepsake/core/sealer'
import { decoded, type Secret } from '../codecs/bytes.ts'
import { asFields, asText, type Fields, without } from '../codecs/json.ts'
import { attempt, firstOf } from '../codecs/outcome.ts'
import { readerOf } from '../codecs/reader.ts'
import { type Flash, FORGED, MALFORMED, type Reader, UNSUPPORTED } from '../reading.ts'

/** One secret of a Rails application. */
export interface RailsSecret {
  readonly secretKeyBase: Secret
  /** Of the key generator: `sha1` with `load_defaults` before 7.0, `sha256` from then on. */
  readonly digest: 'sha1' | 'sha256'
}

/** What a Rails application encrypts its sessions with. */
export interface RailsKeys {
  /** Newest first; of each `cookies.rotate` one more. */
  readonly secrets: readonly RailsSecret[]
  /** The name of the cookie, which is its purpose: `_shop_session`. */
  readonly cookieName: string
  /**
   * `optional` for an application of Rails 5.2, or one without `use_cookies_with_metadata`: then any other encrypted cookie of
   * the application that holds an object passes for a session.
   */
  readonly purpose: 'required' | 'optional'
}

const SALT = 'authenticated encrypted cookie'
const ROUNDS = 1000
const IV_LENGTH = 12
const TAG_LENGTH = 16

/** Reads the cookie of Rails' CookieStore, AES-256-GCM, where its serializer writes JSON. Marshal and MessagePack are not read. */
export function readRails({ secrets, cookieName, purpose }: RailsKeys): Reader {
  const keys = secrets.map(({ secretKeyBase, digest }) => pbkdf2Sync(secretKeyBase, SALT, ROUNDS, 32, digest))
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
    const data = without(message, ['session_id', '_csrf_token', 'flash'])
    return { data, signed, endsAt, permanent: exp !== null, flash: flashesOf(message['flash']) }
  })
}

interface Envelope {
  readonly pur: unknown
  readonly exp: unknown
  readonly message: Fields
}

/** What is in Rails' envelope: `message`, the text of the session in base64, or from 7.1 on `data`. Without one, all of it. */
function openEnvelope(plain: string): Envelope | undefined {
  const outer = objectIn(plain)
  const envelope = asFields(outer?.['_rails'])
  if (outer === undefined || envelope === undefined) return outer && { pur: null, exp: null, message: outer }
  const { pur = null, exp = null, data } = envelope
  const message = asFields(data) ?? objectIn(textOf(envelope))
  return message && { pur, exp, message }
}

const textOf = ({ data, message }: Fields): string =>
  asText(data) ?? decoded(asText(message) ?? '', 'base64')?.toString() ?? ''

const objectIn = (text: string): Fields | undefined => asFields(attempt(() => parseJson(text)))

/** Messages that have been shown already are still there, and listed under `discard`. */
function flashesOf(value: unknown): Flash[] {
  const fields = asFields(value)
  const shown: unknown = fields?.['discard']
  const isShown = (category: string): boolean => Array.isArray(shown) && shown.includes(category)
  return Object.entries(asFields(fields?.['flashes']) ?? {}).flatMap(([category, message]) =>
    typeof message === 'string' && !isShown(category) ? [{ category, message }] : [],
  )
}
