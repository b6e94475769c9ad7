import { withoutPrototype } from '../base/own.ts'
import { MAX_TIME } from '../base/time.ts'
import { isBinding } from './binding.ts'
import { decodeFlash, encodeFlash, type FlashMessage, mergeFlash, NO_FLASH } from './flash.ts'

/** Whether a session outlives the browser; a number: for so many seconds at most, from when it began. */
export type Permanent = boolean | number

/** What a record's text says beside the data, under a key that no data can have. */
export interface Metadata {
  /** Who is logged in. */
  readonly subject: string | undefined
  /** What the login called its device. */
  readonly label: string | undefined
  /** Messages that wait to be shown, oldest first. */
  readonly flash: readonly FlashMessage[]
  readonly expiries: KeyExpiries
  /** Whether a token against forged requests was given out when there was nothing else to keep the session for. */
  readonly csrf: boolean
  /** A number where a permanent session has a limit of its own. Whether it is permanent at all, the seal says. */
  readonly permanent: Permanent
  /** Which version of the application's data it is; 0 where none is named. */
  readonly version: number
  /** The device that it is bound to; see binding.ts. */
  readonly binding: string | undefined
}

/**
 * Metadata as JSON, for this data; undefined where there are none. A key that is gone has no end, no data has no version, and
 * a session that holds nothing has no limit of its own.
 */
export function encodeMetadata(meta: Metadata, data: Data): object | undefined {
  const { subject, label, flash, expiries, csrf, permanent, version, binding } = meta
  // Nearly always: of an anonymous visitor nothing but the data is kept.
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

/** What `encodeMetadata` gave, or undefined for anything else. What a later version may add is passed over. */
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
    // Of two devices the first one has it.
    binding: mine.binding === base.binding || theirs.binding !== base.binding ? theirs.binding : mine.binding,
  }
}

/** The keys of the data that have an end of their own, with that end in epoch seconds. */
export type KeyExpiries = ReadonlyMap<string, number>

export const NO_EXPIRIES: KeyExpiries = new Map()
const NO_KEYS: readonly string[] = Object.freeze([])

/** Of an anonymous visitor whose session holds data only. */
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

/** The keys whose end has come. */
export function expiredKeys(expiries: KeyExpiries, now: number): readonly string[] {
  return expiries.size === 0 ? NO_KEYS : [...expiries].filter(([, end]) => now >= end).map(([key]) => key)
}

/** Gives a key its end, or, with `Infinity`, takes it away. */
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
 * What stands after two requests have set expiries. Where both changed that of one key, the earlier one, and one rather
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

/** What `Object.fromEntries` made of expiries, or undefined for anything else. */
export function decodeExpiries(json: unknown): KeyExpiries | undefined {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return undefined
  const entries = Object.entries(json)
  return entries.every(isEnd) ? new Map(entries) : undefined
}

const isEnd = (entry: [string, unknown]): entry is [string, number] => isCount(entry[1])

const isCount = (value: unknown): value is number =>
  Number.isInteger(value) && Number(value) >= 0 && Number(value) <= MAX_TIME
