import { withoutPrototype } from '../base/own.ts'
import { MAX_TIME } from '../base/time.ts'
import { isBinding } from './binding.ts'
import { decodeFlash, encodeFlash, type FlashMessage, mergeFlash, NO_FLASH } from './flash.ts'

/** Whether a session survives closing the browser; a number: at most this many seconds from its start. */
export type Permanent = boolean | number

/** The content of a record's text apart from the data, under a key that no data can have. */
export interface Metadata {
  /** Who is logged in. */
  readonly subject: string | undefined
  /** The device's name, from the login. */
  readonly label: string | undefined
  /** Messages not shown yet, oldest first. */
  readonly flash: readonly FlashMessage[]
  readonly expiries: KeyExpiries
  /** Whether a CSRF token was issued while the session had no other reason to be kept. */
  readonly csrf: boolean
  /** A number if a permanent session has its own limit. Whether it is permanent at all is in the seal. */
  readonly permanent: Permanent
  /** The version of the application's data; 0 without one. */
  readonly version: number
  /** The device that it is bound to; see binding.ts. */
  readonly binding: string | undefined
}

/**
 * Metadata as JSON, for this data; undefined without any. A missing key has no expiry, empty data has no version, and
 * an empty session has no limit of its own.
 */
export function encodeMetadata(meta: Metadata, data: Data): object | undefined {
  const { subject, label, flash, expiries, csrf, permanent, version, binding } = meta
  // Nearly always: for an anonymous visitor, only the data is stored.
  const isBare = subject === undefined && label === undefined && flash.length === 0 && expiries.size === 0
  const hasLimit = typeof permanent === 'number'
  if (isBare && !csrf && !hasLimit && version === 0 && binding === undefined) return undefined
  const hasData = Object.keys(data).some((key) => hasKey(data, key))
  const kept = onlyExpiries(expiries, (key) => hasKey(data, key))
  const json = {
    ...(subject !== undefined && { subject }),
    ...(label !== undefined && { label }),
    ...(flash.length > 0 && { flash: encodeFlash(flash) }),
    ...(kept.size > 0 && { expiries: Object.fromEntries(kept) }),
    ...(csrf && { csrf }),
    ...(version > 0 && hasData && { version }),
    ...(binding !== undefined && { binding }),
  }
  const isNothing = Object.keys(json).length === 0
  if (hasLimit && (hasData || !isNothing)) return { ...json, permanent }
  return isNothing ? undefined : json
}

type Data = Readonly<Record<string, unknown>>

const hasKey = (data: Data, key: string): boolean => Object.hasOwn(data, key) && data[key] !== undefined

/** The metadata that `encodeMetadata` wrote, or undefined for anything else. Additions of a later version are ignored. */
export function decodeMetadata(json: unknown): Metadata | undefined {
  if (json === undefined) return NO_METADATA
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return undefined
  const given = withoutPrototype(json)
  if (!Object.keys(NO_METADATA).some((key) => key in given)) return undefined
  const { subject, label, csrf, permanent = false, version = 0, binding } = given
  const flash = given['flash'] === undefined ? NO_FLASH : decodeFlash(given['flash'])
  const expiries = given['expiries'] === undefined ? NO_EXPIRIES : decodeExpiries(given['expiries'])
  const isFlag = csrf === undefined || csrf === true
  if (!isTextOrNone(subject) || !isTextOrNone(label) || !flash || !expiries || !isFlag) return undefined
  if (permanent !== false && !(isCount(permanent) && permanent > 0)) return undefined
  if (!isCount(version) || !(binding === undefined || isBinding(binding))) return undefined
  return { subject, label, flash, expiries, csrf: csrf === true, permanent, version, binding }
}

const isTextOrNone = (value: unknown): value is string | undefined =>
  value === undefined || typeof value === 'string'

export function mergeMetadata(base: Metadata, mine: Metadata, theirs: Metadata): Metadata {
  return {
    subject: mine.subject === base.subject ? theirs.subject : mine.subject,
    label: mine.label === base.label ? theirs.label : mine.label,
    flash: mergeFlash(base.flash, mine.flash, theirs.flash),
    expiries: mergeExpiries(base.expiries, mine.expiries, theirs.expiries),
    csrf: mine.csrf === base.csrf ? theirs.csrf : mine.csrf,
    permanent: mine.permanent === base.permanent ? theirs.permanent : mine.permanent,
    version: Math.max(mine.version, theirs.version),
    // If two requests bind a device, the first one wins.
    binding: mine.binding === base.binding || theirs.binding !== base.binding ? theirs.binding : mine.binding,
  }
}

/** The keys of the data that expire early, with their expiry in epoch seconds. */
export type KeyExpiries = ReadonlyMap<string, number>

export const NO_EXPIRIES: KeyExpiries = new Map()
const NO_KEYS: readonly string[] = Object.freeze([])

/** The metadata of an anonymous session that has only data. */
export const NO_METADATA: Metadata = Object.freeze({
  subject: undefined,
  label: undefined,
  flash: NO_FLASH,
  expiries: NO_EXPIRIES,
  csrf: false,
  permanent: false,
  version: 0,
  binding: undefined,
})

/** The keys that have expired. */
export function expiredKeys(expiries: KeyExpiries, now: number): readonly string[] {
  return expiries.size === 0 ? NO_KEYS : [...expiries].filter(([, end]) => now >= end).map(([key]) => key)
}

/** Sets the expiry of a key, or, with `Infinity`, removes it. */
export function withExpiry(expiries: KeyExpiries, key: string, end: number): KeyExpiries {
  return end === Infinity
    ? onlyExpiries(expiries, (other) => other !== key)
    : new Map([...expiries, [key, Math.min(end, MAX_TIME)]])
}

/** The expiries of these keys and no others. */
export function onlyExpiries(expiries: KeyExpiries, isKept: (key: string) => boolean): KeyExpiries {
  return expiries.size === 0 ? expiries : new Map([...expiries].filter(([key]) => isKept(key)))
}

/**
 * The expiries after two requests have set some. If both changed the same key's, the earlier one, and any rather
 * than none: a secret that one of them limits does not live longer because of the other.
 */
export function mergeExpiries(base: KeyExpiries, mine: KeyExpiries, theirs: KeyExpiries): KeyExpiries {
  if (base.size === 0 && mine.size === 0) return theirs
  const merged = new Map<string, number>()
  for (const key of new Set([...theirs.keys(), ...mine.keys()])) {
    const [was, my, their] = [base, mine, theirs].map((expiries) => expiries.get(key))
    const end = my === was ? their : their === was ? my : Math.min(my ?? Infinity, their ?? Infinity)
    if (end !== undefined) merged.set(key, end)
  }
  return merged
}

/** Expiries from an object that `Object.fromEntries` made of them, or undefined for anything else. */
export function decodeExpiries(json: unknown): KeyExpiries | undefined {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return undefined
  const entries = Object.entries(json)
  return entries.every(isEnd) ? new Map(entries) : undefined
}

const isEnd = (entry: [string, unknown]): entry is [string, number] => isCount(entry[1])

const isCount = (value: unknown): value is number =>
  Number.isInteger(value) && Number(value) >= 0 && Number(value) <= MAX_TIME
