import type { SealedFields } from '../crypto/token.ts'
import { decodeObject, encodeObject } from './encode.ts'
import { decodeFlash, encodeFlash, type FlashMessage, mergeFlash, NO_FLASH } from './flash.ts'
import {
  decodeExpiries,
  expiredKeys,
  type KeyExpiries,
  mergeExpiries,
  NO_EXPIRIES,
  onlyExpiries,
} from './key-expiry.ts'

/** What a record's text says beside the data, under a key that no data can have. */
export interface Metadata {
  /** Who is logged in. */
  readonly subject?: string | undefined
  /** What the login called its device. */
  readonly label?: string | undefined
  /** Messages that wait to be shown, oldest first. */
  readonly flash?: readonly FlashMessage[] | undefined
  readonly expiries?: KeyExpiries | undefined
  /** Whether a token against forged requests was given out when there was nothing else to keep the session for. */
  readonly csrf?: boolean | undefined
}

/** Metadata as JSON, for data that has these keys; undefined where there are none. A key that is gone has no end. */
export function encodeMetadata(meta: Metadata, hasKey: (key: string) => boolean): object | undefined {
  const { subject, label, flash = NO_FLASH, expiries = NO_EXPIRIES, csrf = false } = meta
  // Nearly always: of an anonymous visitor nothing but the data is kept.
  const isBare = subject === undefined && label === undefined && flash.length === 0 && expiries.size === 0
  if (isBare && !csrf) return undefined
  const kept = onlyExpiries(expiries, hasKey)
  const json = {
    ...(subject !== undefined && { subject }),
    ...(label !== undefined && { label }),
    ...(flash.length > 0 && { flash: encodeFlash(flash) }),
    ...(kept.size > 0 && { expiries: Object.fromEntries(kept) }),
    ...(csrf && { csrf }),
  }
  return Object.keys(json).length === 0 ? undefined : json
}

/** What `encodeMetadata` gave, or undefined for anything else. What a later version may add is passed over. */
export function decodeMetadata(json: unknown): Metadata | undefined {
  if (json === undefined) return {}
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return undefined
  // Without a prototype, so that nothing is read from a polluted one.
  const given = Object.assign(Object.create(null) as Record<string, unknown>, json)
  const meta: Metadata = {
    ...('subject' in given && { subject: textIn(given['subject']) }),
    ...('label' in given && { label: textIn(given['label']) }),
    ...('flash' in given && { flash: decodeFlash(given['flash']) }),
    ...('expiries' in given && { expiries: decodeExpiries(given['expiries']) }),
    ...('csrf' in given && { csrf: given['csrf'] === true || undefined }),
  }
  const values = Object.values(meta)
  return values.length === 0 || values.includes(undefined) ? undefined : meta
}

const textIn = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

export function mergeMetadata(base: Metadata, mine: Metadata, theirs: Metadata): Metadata {
  return {
    subject: mine.subject === base.subject ? theirs.subject : mine.subject,
    label: mine.label === base.label ? theirs.label : mine.label,
    flash: mergeFlash(base.flash ?? NO_FLASH, mine.flash ?? NO_FLASH, theirs.flash ?? NO_FLASH),
    expiries: mergeExpiries(
      base.expiries ?? NO_EXPIRIES,
      mine.expiries ?? NO_EXPIRIES,
      theirs.expiries ?? NO_EXPIRIES,
    ),
    csrf: mine.csrf === base.csrf ? theirs.csrf : mine.csrf,
  }
}

/** What is remembered of a session besides its times and ids, which the seal carries. */
export interface Content extends Metadata {
  readonly data: Record<string, unknown>
}

/** What is remembered of a session, with its times and its sid; its subject, which the text names too, is read once. */
export interface SessionRecord extends SealedFields {
  readonly subject: string | undefined
}

/** A record that was just opened, with what its text says, and where it lies. */
export interface OpenRecord<Place> extends SessionRecord {
  readonly content: Content
  readonly place?: Place | undefined
}

/** A change that can be made again on other data: what `session.update` was given. */
export type Change = (data: Record<string, unknown>) => void

/** A change that was made, with the texts before and after it. */
export interface Step {
  readonly before: string
  readonly change: Change
  readonly after: string
}

/** What another session takes over from the one in whose place it comes, and from what others write to that one. */
export interface CarriedOver {
  /** Keys of the data. */
  readonly keys: readonly string[]
  /** Whether messages that wait to be shown come along. */
  readonly flash: boolean
}

/** The text of a session that holds nothing: it leaves no cookie and no record. */
export const EMPTY_TEXT = '{}'

/**
 * A record's text: the data, and the meta beside it.
 *
 * @throws {SessionDataError} with the path of a value that cannot be kept.
 */
export function writeText(data: object, meta: Metadata = {}): string {
  const values = data as Readonly<Record<string, unknown>>
  const hasKey = (key: string): boolean => Object.hasOwn(values, key) && values[key] !== undefined
  return encodeObject(data, encodeMetadata(meta, hasKey))
}

/** The content of a record's text, or undefined when it is not one. */
export function readText(text: string): Content | undefined {
  const decoded = decodeObject(text)
  const meta = decoded && decodeMetadata(decoded.reserved)
  return meta && { data: decoded.data, ...meta }
}

/** The same content without the keys whose end has come; itself where there are none. */
export function livingAt(content: Content, now: number): Content {
  const { data, expiries = NO_EXPIRIES } = content
  const keys = expiredKeys(expiries, now)
  if (keys.length === 0) return content
  const ended = new Set(keys)
  const isLiving = (key: string): boolean => !ended.has(key)
  const living = Object.fromEntries(Object.entries(data).filter(([key]) => isLiving(key)))
  return { ...content, data: living, expiries: onlyExpiries(expiries, isLiving) }
}

/** The same text without the keys whose end has come. */
export function livingText(text: string, now: number): string {
  // Nearly no text has ends, and then it need not be parsed.
  const content = text.includes('"expiries":') ? readText(text) : undefined
  const living = content && livingAt(content, now)
  return living === content ? text : writeText(living?.data ?? {}, living)
}

/** The text of a record with what another session takes over of it and nothing else, not even the subject. */
export function carriedOver(text: string, { keys, flash: hasFlash }: CarriedOver): string {
  const { data, flash, expiries }: Content = readText(text) ?? { data: {} }
  const only = Object.fromEntries(Object.entries(data).filter(([key]) => keys.includes(key)))
  return writeText(only, hasFlash ? { flash, expiries } : { expiries })
}
